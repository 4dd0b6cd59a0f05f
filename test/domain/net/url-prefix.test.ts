import fc from "fast-check";
import { expect, it } from "vitest";
import { urlPrefix } from "../../../domain/net/urls.ts";

it.each([
  [[], ""],
  [["https://a.example/x"], "https://a.example/x"],
  [["https://a.example/x/1", "https://a.example/x/2", "https://a.example/x"], "https://a.example/x"],
  [["https://a.example/x?key=1", "https://a.example/x?key=2"], "https://a.example/x"],
  [["http://a.example/", "https://a.example/"], "http"],
  [["a", "b"], ""],
])("%j have in common: %s", (urls, prefix) => {
  expect(urlPrefix(urls)).toBe(prefix);
});

it("is as long as it can be, and not longer than 200 characters", () => {
  const text = fc.string({ maxLength: 300 }).map((it) => it.replaceAll("?", ""));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (urls) => {
      const prefix = urlPrefix(urls);
      expect(prefix.length).toBeLessThanOrEqual(200);
      for (const url of urls) expect(url.startsWith(prefix)).toBe(true);
      const longer = urls[0]?.slice(0, prefix.length + 1) ?? "";
      if (longer.length > prefix.length && prefix.length < 200)
        expect(urls.every((url) => url.startsWith(longer))).toBe(false);
    }),
  );
});
