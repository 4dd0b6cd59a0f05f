import { expect, it } from "vitest";
import { resolveTargets } from "../../../lambdas/task/resolve-targets.ts";
import { FakeDns } from "../fakes.ts";
import { request } from "../items.ts";

it("looks every POP up under every distribution's label: its addresses, or why it has none", async () => {
  const dns = new FakeDns({
    "d1.SIN2-P1.cloudfront.net": ["192.0.2.1", "192.0.2.2"],
    "d1.BJS9-E1.cloudfront.cn": ["192.0.2.3"],
    "d2.SIN2-P1.cloudfront.net": [],
  });
  const item = request({ pops: ["SIN2-P1", "BJS9-E1"], expire_at: 7 });
  const distributions = ["d1", "d2"].map((label) => ({ label, names: [] }));
  const base = { req_id: "r1", expire_at: 7 };
  const sin = { ...base, pop: "SIN2-P1" };
  const bjs = { ...base, pop: "BJS9-E1" };
  expect(await resolveTargets({ dns }, item, distributions)).toEqual([
    { ...sin, target: "SIN2-P1#d1", label: "d1", state: "RESOLVED", ips: ["192.0.2.1", "192.0.2.2"] },
    { ...bjs, target: "BJS9-E1#d1", label: "d1", state: "RESOLVED", ips: ["192.0.2.3"] },
    {
      ...{ ...sin, target: "SIN2-P1#d2", label: "d2", state: "FAILED", ips: [] },
      error: "d2.SIN2-P1.cloudfront.net has no address",
    },
    {
      ...{ ...bjs, target: "BJS9-E1#d2", label: "d2", state: "FAILED", ips: [] },
      error: "queryA ENOTFOUND d2.BJS9-E1.cloudfront.cn",
    },
  ]);
});
