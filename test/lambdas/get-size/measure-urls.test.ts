import { describe, expect, it } from "vitest";
import { badIn, formsOf } from "../../../lambdas/get-size/measure-urls.ts";

const URL = "https://cdn.example.com/a";
const GONE = { problem: "HTTP 404", reason: "http_4xx", http_status: 404 } as const;
const REFUSED = { problem: "HTTP 406", reason: "http_4xx", http_status: 406 } as const;
const of = (names: readonly (string | undefined)[], answers: Parameters<typeof formsOf>[2]) =>
  formsOf(URL, names, answers, names);

describe("the forms of a URL", () => {
  it("without variants are one, and its rows name none", () => {
    expect(of([undefined], [{ size: 7 }])).toEqual({
      good: [{ url: URL, bytes: 7 }],
      bad: [],
      unasked: 0,
      obstacle: undefined,
    });
    expect(of([undefined], [GONE])).toMatchObject({ bad: [{ url: URL, ...GONE }] });
    expect(of([undefined], [GONE]).bad[0]).not.toHaveProperty("variant");
  });

  it("are good or bad each, in the order of the variants; what has not answered is good, its size unknown", () => {
    expect(of(["br", "gzip", "plain"], [{ size: 7 }, REFUSED, undefined])).toEqual({
      good: [
        { url: URL, bytes: 7, variant: "br" },
        { url: URL, bytes: null, variant: "plain" },
      ],
      bad: [{ url: URL, ...REFUSED, variant: "gzip" }],
      unasked: 1,
      obstacle: undefined,
    });
  });

  it("that are all bad are one row if the reason is the same, else one each", () => {
    const [gone, refused] = [GONE, REFUSED];
    expect(of(["br", "gzip"], [gone, gone]).bad).toEqual([{ url: URL, ...GONE }]);
    expect(of(["br", "gzip"], [gone, refused]).bad.map(({ variant }) => variant)).toEqual(["br", "gzip"]);
    // One variant alone is a variant, too.
    expect(of(["br"], [gone]).bad).toEqual(badIn(URL, GONE, ["br"], ["br"]));
  });

  it("tell a header that is in the way if one of them has it", () => {
    expect(of(["br", "gzip"], [{ size: 7 }, { size: 7, obstacle: "Vary: *" }]).obstacle).toBe("Vary: *");
  });
});
