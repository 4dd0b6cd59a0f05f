import { describe, expect, it } from "vitest";
import { entryPoints } from "../../../lambdas/get-size/entry-points.ts";

const POPS = ["SIN2-P1", "BJS9-E1", "FRA56-P4", "NRT57-P3", "IAD89-P1", "SYD1-C1"];

describe("where a URL's distribution may be reached", () => {
  it("with cf_domain: there first, for the URL's own host may point elsewhere yet", () => {
    expect(entryPoints({ label: "d1", domain: "d1.cloudfront.net", names: [] }, "cdn.example.com", POPS)).toEqual([
      "d1.cloudfront.net",
      "cdn.example.com",
      "d1.SIN2-P1.cloudfront.net",
      "d1.BJS9-E1.cloudfront.cn",
      "d1.FRA56-P4.cloudfront.net",
      "d1.NRT57-P3.cloudfront.net",
      "d1.IAD89-P1.cloudfront.net",
    ]);
  });

  it("without: at the URL's own host first", () => {
    expect(entryPoints({ label: "cdn", names: [] }, "cdn.example.com", ["SIN2-P1"])).toEqual([
      "cdn.example.com",
      "cdn.cloudfront.net",
      "cdn.SIN2-P1.cloudfront.net",
    ]);
  });

  it("no name twice", () => {
    expect(entryPoints({ label: "d1", domain: "d1.cloudfront.net", names: [] }, "d1.cloudfront.net", [])).toEqual([
      "d1.cloudfront.net",
    ]);
  });
});
