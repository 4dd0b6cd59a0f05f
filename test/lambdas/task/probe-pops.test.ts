import { describe, expect, test } from "vitest";
import { probePops, probeSchema } from "../../../lambdas/task/handler.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { LABEL } from "../items.ts";
import { world } from "./world.ts";

test("each POP is looked up under the label, and one that fails holds up no other", async () => {
  const addresses = async (name: string) => {
    if (name.includes("ICN51-C1")) throw new Error(`queryA ENOTFOUND ${name}`);
    return ["192.0.2.2", "192.0.2.1"];
  };
  expect(await probePops({ dns: fakeResolver({ addresses }) }, "d111111abcdef8", ["SIN2-P1", "ICN51-C1"])).toEqual([
    { pop: "SIN2-P1", addresses: ["192.0.2.1", "192.0.2.2"] },
    { pop: "ICN51-C1", addresses: [], error: "queryA ENOTFOUND d111111abcdef8.ICN51-C1.cloudfront.net" },
  ]);
});

describe("a probe", () => {
  test("names a label and POPs", () => {
    expect(probeSchema.safeParse({ probe: { label: "d111111abcdef8", pops: ["SIN2-P1"] } }).success).toBe(true);
  });

  test.each([
    ["another name", { probe: { label: "a.example.com", pops: [] } }],
    ["no POP", { probe: { label: "d1", pops: ["internal"] } }],
    ["a record of a stream", { Records: [] }],
  ])("is not %s", (_, event) => {
    expect(probeSchema.safeParse(event).success).toBe(false);
  });
});

test("Task answers a probe and does nothing else", async () => {
  const { handle, calls } = world();
  expect(await handle({ probe: { label: LABEL, pops: ["SIN2-P1", "XXX1-P1"] } })).toEqual([
    { pop: "SIN2-P1", addresses: ["192.0.2.1", "192.0.2.2"] },
    { pop: "XXX1-P1", addresses: [], error: expect.any(String) },
  ]);
  expect(new Set(calls)).toEqual(new Set(["dns.addresses"]));
});
