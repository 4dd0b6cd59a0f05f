import { describe, expect, it } from "vitest";
import { urlForms } from "../../../probe/size/measure-urls.ts";
import type { Size } from "../../../probe/size/size-probe.ts";

const URL = "https://cdn.example.com/a";
const GONE = { problem: "HTTP 404", reason: "http_4xx", http_status: 404 } as const;
const REFUSED = { problem: "HTTP 406", reason: "http_4xx", http_status: 406 } as const;
const of = (variants: readonly (string | undefined)[], answers: (Size | undefined)[]) =>
  urlForms({ url: URL, variants, answers }, variants);

describe("the forms of a URL", () => {
  it("without variants are one, and its rows name none", () => {
    expect(of([undefined], [{ size: 7 }])).toEqual({
      good: [{ url: URL, bytes: 7 }],
      bad: [],
    });
    expect(of([undefined], [GONE])).toMatchObject({ bad: [{ url: URL, ...GONE }] });
  });

  it("are good or bad each, in the order of the variants; what has not answered is good, its size unknown", () => {
    expect(of(["br", "gzip", "plain"], [{ size: 7 }, REFUSED, undefined])).toEqual({
      good: [
        { url: URL, bytes: 7, variant: "br" },
        { url: URL, bytes: null, variant: "plain" },
      ],
      bad: [{ url: URL, ...REFUSED, variant: "gzip" }],
    });
  });

  it("that are all bad are one row if the reason is the same, else one each", () => {
    const [gone, refused] = [GONE, REFUSED];
    expect(of(["br", "gzip"], [gone, gone]).bad).toEqual([{ url: URL, ...GONE }]);
    expect(of(["br", "gzip"], [gone, refused]).bad.map(({ variant }) => variant)).toEqual(["br", "gzip"]);
    // One variant alone is a variant, too.
    expect(of(["br"], [gone]).bad).toEqual([{ url: URL, ...GONE }]);
    // Of a retry that asks for one of two, it is bad in that one.
    expect(urlForms({ url: URL, variants: ["br"], answers: [gone] }, ["br", "gzip"]).bad).toEqual([
      { url: URL, variant: "br", ...GONE },
    ]);
  });
});
