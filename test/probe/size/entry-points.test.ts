import { describe, expect, it } from "vitest";
import { entryPoints } from "../../../probe/size/measure-urls.ts";

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
