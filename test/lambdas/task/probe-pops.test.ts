import { describe, expect, test } from "vitest";
import { resolvePops } from "../../../domain/plan/resolve-targets.ts";
import { probeSchema } from "../../../lambdas/task/handler.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { LABEL } from "../items.ts";
import { world } from "./world.ts";

test("each POP is looked up under the label, and one that fails holds up no other", async () => {
  const addresses = async (name: string) => {
    if (name.includes("ICN51-C1")) throw new Error(`queryA ENOTFOUND ${name}`);
    return ["192.0.2.2", "192.0.2.1"];
  };
  const names = ["SIN2-P1", "ICN51-C1"].map((pop) => ({ pop, label: "d1" }));
  expect(await resolvePops(fakeResolver({ addresses }), names)).toEqual([
    { pop: "SIN2-P1", label: "d1", ips: ["192.0.2.2", "192.0.2.1"] },
    { pop: "ICN51-C1", label: "d1", ips: [], error: "queryA ENOTFOUND d1.ICN51-C1.cloudfront.net", reason: "other" },
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
    { pop: "SIN2-P1", label: LABEL, ips: ["192.0.2.1", "192.0.2.2"] },
    { pop: "XXX1-P1", label: LABEL, ips: [], error: expect.any(String), reason: "name_not_found" },
  ]);
  expect(new Set(calls)).toEqual(new Set(["dns.addresses"]));
});
