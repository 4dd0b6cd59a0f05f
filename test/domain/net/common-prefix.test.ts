import fc from "fast-check";
import { expect, it } from "vitest";
import { commonPrefix } from "../../../domain/net/urls.ts";

it.each([
  [[], ""],
  [["https://a.example/x"], "https://a.example/x"],
  [["https://a.example/x/1", "https://a.example/x/2", "https://a.example/x"], "https://a.example/x"],
  [["http://a.example/", "https://a.example/"], "http"],
  [["a", "b"], ""],
])("%j have in common: %s", (texts, prefix) => {
  expect(commonPrefix(texts, 100)).toBe(prefix);
});

it("is as long as it can be, and not longer than it may be", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(20), (texts, most) => {
      const prefix = commonPrefix(texts, most);
      expect(prefix.length).toBeLessThanOrEqual(most);
      for (const text of texts) expect(text.startsWith(prefix)).toBe(true);
      const longer = texts[0]?.slice(0, prefix.length + 1) ?? "";
      if (longer.length > prefix.length && prefix.length < most)
        expect(texts.every((text) => text.startsWith(longer))).toBe(false);
    }),
  );
});
