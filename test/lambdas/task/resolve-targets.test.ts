import { expect, it, onTestFinished } from "vitest";
import { Dns } from "../../../aws/dns.ts";
import { resolveTargets } from "../../../domain/plan/resolve-targets.ts";
import { Distributions } from "../../../tools/edge/distributions.ts";
import { startDnsServer } from "../../../tools/edge/dns.ts";
import { FakeDns } from "../fakes/dns.ts";
import { request } from "../items.ts";

it("looks every POP up under every distribution's label: its addresses, or why it has none", async () => {
  const dns = new FakeDns({
    "d1.SIN2-P1.cloudfront.net": ["192.0.2.1", "192.0.2.2"],
    "d1.BJS9-E1.cloudfront.cn": ["192.0.2.3"],
  });
  const item = request({ pops: ["SIN2-P1", "BJS9-E1"], expire_at: 7 });
  const distributions = ["d1", "d2"].map((label) => ({ label, names: [] }));
  const base = { req_id: "r1", expire_at: 7 };
  const sin = { ...base, pop: "SIN2-P1" };
  const bjs = { ...base, pop: "BJS9-E1" };
  expect(await resolveTargets(dns, { ...item, distributions })).toEqual([
    { ...sin, target: "SIN2-P1#d1", label: "d1", state: "RESOLVED", ips: ["192.0.2.1", "192.0.2.2"] },
    { ...bjs, target: "BJS9-E1#d1", label: "d1", state: "RESOLVED", ips: ["192.0.2.3"] },
    {
      ...sin,
      target: "SIN2-P1#d2",
      label: "d2",
      state: "FAILED",
      ips: [],
      error: "d2.SIN2-P1.cloudfront.net does not exist in DNS (ENOTFOUND)",
      reason: "name_not_found",
    },
    {
      ...bjs,
      target: "BJS9-E1#d2",
      label: "d2",
      state: "FAILED",
      ips: [],
      error: "d2.BJS9-E1.cloudfront.cn does not exist in DNS (ENOTFOUND)",
      reason: "name_not_found",
    },
  ]);
});

it("a POP whose name leads inside has failed, with all of its addresses", async () => {
  const server = await startDnsServer({
    distributions: new Distributions([{ domain: "d1.cloudfront.net", aliases: [] }]),
    addressesOf: new Map([
      ["SIN2-P1", ["192.0.2.1", "169.254.169.254"]],
      ["FRA56-P4", ["192.0.2.2"]],
    ]),
    nearest: [],
  });
  onTestFinished(() => server.close());
  const dns = new Dns({ servers: [server.address] });
  const item = request({ pops: ["SIN2-P1", "FRA56-P4"] });
  expect(await resolveTargets(dns, { ...item, distributions: [{ label: "d1", names: [] }] })).toMatchObject([
    {
      pop: "SIN2-P1",
      state: "FAILED",
      ips: [],
      error: "d1.SIN2-P1.cloudfront.net: 169.254.169.254 is a private or reserved address, which is refused",
    },
    { pop: "FRA56-P4", state: "RESOLVED", ips: ["192.0.2.2"] },
  ]);
});
