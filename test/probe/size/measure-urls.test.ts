import { describe, expect, it } from "vitest";
import { entryPoints, urlVariantRows } from "../../../probe/size/measure-urls.ts";
import type { Size } from "../../../probe/size/size-probe.ts";

const URL = "https://cdn.example.com/a";
const GONE = { problem: "HTTP 404", reason: "http_4xx", http_status: 404 } as const;
const REFUSED = { problem: "HTTP 406", reason: "http_4xx", http_status: 406 } as const;
const of = (variants: readonly (string | undefined)[], answers: (Size | undefined)[]) =>
  urlVariantRows({ url: URL, variants, answers }, variants);

describe("measured URLs", () => {
  it("have rows without a variant if the request has no variants", () => {
    expect(of([undefined], [{ size: 7 }])).toEqual({
      good: [{ url: URL, bytes: 7 }],
      bad: [],
    });
    expect(of([undefined], [GONE])).toMatchObject({ bad: [{ url: URL, ...GONE }] });
  });

  it("are valid or invalid for each variant, in order; one without a response is valid and its size is unknown", () => {
    expect(of(["br", "gzip", "plain"], [{ size: 7 }, REFUSED, undefined])).toEqual({
      good: [
        { url: URL, bytes: 7, variant: "br" },
        { url: URL, bytes: null, variant: "plain" },
      ],
      bad: [{ url: URL, ...REFUSED, variant: "gzip" }],
    });
  });

  it("that are invalid for all variants have one row if the reason is the same, and otherwise one for each variant", () => {
    const [gone, refused] = [GONE, REFUSED];
    expect(of(["br", "gzip"], [gone, gone]).bad).toEqual([{ url: URL, ...GONE }]);
    expect(of(["br", "gzip"], [gone, refused]).bad.map(({ variant }) => variant)).toEqual(["br", "gzip"]);
    // A single variant is named, too.
    expect(of(["br"], [gone]).bad).toEqual([{ url: URL, ...GONE }]);
    // A retry of one of two variants names the variant.
    expect(urlVariantRows({ url: URL, variants: ["br"], answers: [gone] }, ["br", "gzip"]).bad).toEqual([
      { url: URL, variant: "br", ...GONE },
    ]);
  });
});

const POPS = ["SIN2-P1", "BJS9-E1", "FRA56-P4", "NRT57-P3", "IAD89-P1", "SYD1-C1"];

describe("the entry points of a distribution", () => {
  it("are its own domain, then the first five POPs", () => {
    expect(entryPoints({ label: "d1", domain: "d1.cloudfront.net", names: [] }, POPS)).toEqual([
      "d1.cloudfront.net",
      "d1.SIN2-P1.cloudfront.net",
      "d1.BJS9-E1.cloudfront.cn",
      "d1.FRA56-P4.cloudfront.net",
      "d1.NRT57-P3.cloudfront.net",
      "d1.IAD89-P1.cloudfront.net",
    ]);
  });

  it.each([
    ["an alias as cf_domain", { label: "d1", domain: "cdn.example.com", names: [] }, "d1.cloudfront.net"],
    ["none", { label: "d1", names: [] }, "d1.cloudfront.net"],
    ["an own one in China", { label: "d1", domain: "a.cn", names: ["d1.cloudfront.cn", "a.cn"] }, "d1.cloudfront.cn"],
    ["one in China", { label: "d1", domain: "d1.cloudfront.cn", names: [] }, "d1.cloudfront.cn"],
  ])("are only domains of CloudFront: %s", (_, distribution, name) => {
    expect(entryPoints(distribution, [])).toEqual([name]);
  });
});
