import { resolvePops, resolveTargets } from "../../../domain/plan/resolve-targets.ts";
import { dayOf } from "../../../domain/request/daily-use.ts";
import { probeSchema } from "../../../lambdas/task/handler.ts";
import { fakeDns, fakeResolver } from "../fakes/dns.ts";
import { DOMAIN, LABEL, request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { prepared, world } from "./world.ts";

const missing = (pop: string, label = LABEL) => `${label}.${pop}.cloudfront.net does not exist in DNS (ENOTFOUND)`;

describe("a request at CHECK_POP", () => {
  it("gets its targets, its totals, and at last READY targets", async () => {
    const { requests, requestPops, states, queue, distributions } = await prepared();
    expect(requests.the()).toMatchObject({
      status: "INSERT_TASK",
      total_count: 4,
      total_size: 30,
      sizes_known: true,
      shards: 1,
      targets_total: 2,
      targets_sent: 0,
    });
    expect(states()).toEqual({ "SIN2-P1": "READY", "FRA56-P4": "READY", "XXX1-P1": "FAILED" });
    expect(requestPops.all().find(({ pop }) => pop === "XXX1-P1")?.error).toBe(missing("XXX1-P1"));
    expect([queue.messages.length, distributions.invalidations.size]).toEqual([0, 0]);
  });

  it("starts no target again in a second preparation: its fan-out may be in progress", async () => {
    const { prepare, states, times } = world();
    await prepare();
    const started = times("requestPops.startFanOut");
    await prepare();
    expect([times("requestPops.startFanOut"), states()["SIN2-P1"]]).toEqual([started, "READY"]);
  });

  it("gets its instances back, should the end of another request have taken them", async () => {
    const { fleet } = await prepared({ item: { instance_count: 3 } });
    expect(fleet.capacity).toBe(3);
  });

  it("fails when no POP resolves, with the POPs and the reason for the summary", async () => {
    const { requests, states, calls } = await prepared({ hosts: {} });
    const reason = `No POP resolved; the first: ${missing("SIN2-P1")}`;
    expect(requests.the()).toMatchObject({ status: "FAILED", reason });
    expect(Object.values(states())).toEqual(["FAILED", "FAILED", "FAILED"]);
    expect(calls.filter((call) => call.startsWith("progress."))).toEqual([]);
  });

  // Two URLs of 10 and 5 bytes at two POPs, each downloaded twice and checked: 90 bytes, 4 tasks.
  it.each([
    [
      { max_bytes: 89 },
      {},
      "max_bytes: 90 bytes would be transferred, and the request allows 89; nothing was downloaded",
    ],
    [{}, { maxTasks: 3 }, "total_count: 4 tasks exceed this deployment's limit of 3 (stack parameter maxTasks)"],
    [{}, { maxDailyBytes: 89 }, expect.stringMatching(/^transferred_bytes of .*: 90 bytes .* 89 .*maxDailyBytes\)$/)],
  ])(
    "fails beyond a cap with both figures, before anything is invalidated or queued: %j %j",
    async (item, lowered, reason) => {
      const { requests, queue, calls } = await prepared({ item: { ...item, need_invalidate: true }, lowered });
      expect(requests.the()).toMatchObject({ status: "FAILED", reason, header: [] });
      expect([queue.messages, calls.filter((call) => call.startsWith("distributions."))]).toEqual([[], []]);
    },
  );

  it("goes on at its caps", async () => {
    const daily = { maxDailyBytes: 90, maxDailyTasks: 4 };
    const lowered = { maxRequestBytes: 90, maxTasks: 4, ...daily };
    const { requests } = await prepared({ item: { max_bytes: 90 }, lowered });
    expect(requests.the().status).toBe("INSERT_TASK");
  });

  it("counts for the day once, also if it is prepared again", async () => {
    const { prepare, requests, distributions, now } = world({ item: { need_invalidate: true }, remainingMs: 100_000 });
    distributions.asksUntilComplete = 2;
    await prepare();
    await prepare();
    expect(requests.the()).toMatchObject({
      status: "INSERT_TASK",
      counted_use: { total_count: 4, transferred_bytes: 90 },
    });
    expect(await requests.dailyUse(dayOf(now()))).toEqual({ total_count: 4, transferred_bytes: 90 });
  });

  it("that does not fit a limit of the deployment counts for no day", async () => {
    const { requests, now } = await prepared({ lowered: { maxTasks: 3 } });
    expect(await requests.dailyUse(dayOf(now()))).toEqual({ total_count: 0, transferred_bytes: 0 });
  });

  it.each(["IN_PROGRESS"] as const)("is passed over when it is %s", async (status) => {
    const { calls, requests } = await prepared({ item: { status } });
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
    expect(requests.the().status).toBe(status);
  });
});

const item = { need_invalidate: true };

it("need_invalidate is done before anything is released", async () => {
  const { calls, distributions, states } = await prepared({ item });
  expect([...distributions.invalidations.values()]).toEqual([{ distributionId: "E1", paths: ["/a", "/b"] }]);
  expect(calls.lastIndexOf("distributions.isInvalidated")).toBeLessThan(calls.indexOf("requests.advance"));
  expect(states()).toMatchObject({ "SIN2-P1": "READY" });
});

it("need_invalidate comes before the instances: they are raised once tasks are about to be queued", async () => {
  const { prepare, before, fleet, calls } = world({ item: { ...item, instance_count: 3 } });
  const capacities: number[] = [];
  before["requests.advance"] = () => capacities.push(fleet.capacity);
  await prepare();
  expect([...capacities, fleet.capacity]).toEqual([0, 3]);
  expect(calls.indexOf("fleet.raiseTo")).toBeLessThan(calls.indexOf("requestPops.startFanOut"));
});

it("need_invalidate of another account's distribution fails the request, and warms nothing", async () => {
  const distributions = [{ label: LABEL, domain: DOMAIN, names: [] }];
  const { requests, states, calls } = await prepared({ item: { ...item, distributions } });
  expect(requests.the()).toMatchObject({
    status: "FAILED",
    reason: `need_invalidate: no distribution of this account has the domain name ${LABEL}, so nothing could be invalidated`,
  });
  expect(states()).toEqual({});
  expect(calls).not.toContain("distributions.invalidate");
});

it("need_invalidate that outlasts the function goes on in the next run, and nothing is released before", async () => {
  const { prepare, requests, distributions, states } = world({ item, remainingMs: 100_000 });
  distributions.asksUntilComplete = 2;
  await prepare();
  expect(requests.the().status).toBe("CHECK_POP");
  expect(states()).toMatchObject({ "SIN2-P1": "RESOLVED", "FRA56-P4": "RESOLVED" });
  await prepare();
  expect(requests.the()).toMatchObject({ status: "INSERT_TASK", invalidated_batches: { E1: 1 } });
  expect(distributions.invalidations.size).toBe(1);
});

const NOW = Date.parse("2024-04-16T03:12:21Z");
const HOUR_MS = 3_600_000;
const now = () => NOW;

it.each([
  ["is noted, those alone that did", {}, { "SIN2-P1": NOW, "FRA56-P4": NOW }, 1],
  [
    "is written once a day",
    { "SIN2-P1": NOW - 23 * HOUR_MS, "FRA56-P4": NOW - 24 * HOUR_MS },
    { "SIN2-P1": NOW - 23 * HOUR_MS, "FRA56-P4": NOW },
    1,
  ],
])("which POPs resolved %s", async (_, known, noted, writes) => {
  const { prepare, progress, times } = world({ now });
  for (const [pop, at] of Object.entries(known)) await progress.recordResolved([pop], at);
  await prepare();
  expect(Object.fromEntries(await progress.resolvedPops())).toEqual(noted);
  expect([times("progress.resolvedPops"), times("progress.recordResolved")]).toEqual([1, writes]);
});

it.each(["progress.resolvedPops"])("which POPs resolved fails no request: a fault of %s is logged", async (call) => {
  const { requests, logger } = await prepared({ now, fault: failing(call) });
  expect(requests.the().status).toBe("INSERT_TASK");
  expect(logger.warnings).toEqual([
    ["Recording resolved POPs failed", { req_id: "r1", error: expect.objectContaining({ name: "Crash" }) }],
  ]);
});

it("every POP is looked up once under every label of a distribution: its addresses, or why it has none", async () => {
  const dns = fakeDns({
    "d1.SIN2-P1.cloudfront.net": ["192.0.2.1", "192.0.2.2"],
    "d1.BJS9-E1.cloudfront.cn": ["192.0.2.3"],
    "d2.BJS9-E1.cloudfront.cn": ["192.0.2.4"],
  });
  // Tenants may share a label.
  const distributions = ["d1", "d2", "d2"].map((label) => ({ label, names: [] }));
  const targets = await resolveTargets(dns, request({ pops: ["SIN2-P1", "BJS9-E1"], expire_at: 7, distributions }));
  const found = (pop: string, label: string, ...ips: string[]) => ({
    req_id: "r1",
    expire_at: 7,
    pop,
    target: `${pop}#${label}`,
    label,
    state: "RESOLVED",
    ips,
  });
  const failed = { state: "FAILED", error: missing("SIN2-P1", "d2"), reason: "name_not_found" };
  expect(targets).toEqual([
    found("SIN2-P1", "d1", "192.0.2.1", "192.0.2.2"),
    found("BJS9-E1", "d1", "192.0.2.3"),
    { ...found("SIN2-P1", "d2"), ...failed },
    found("BJS9-E1", "d2", "192.0.2.4"),
  ]);
  const broken = fakeResolver({ addresses: () => Promise.reject(new Error("no answer")) });
  expect(await resolvePops(broken, [{ pop: "SIN2-P1", label: "d1" }])).toEqual([
    { pop: "SIN2-P1", label: "d1", ips: [], error: "no answer", reason: "other" },
  ]);
});

it("a probe is answered with the addresses of POPs, and does nothing else", async () => {
  const { handle, calls } = world();
  expect(await handle({ probe: { label: LABEL, pops: ["SIN2-P1", "XXX1-P1"] } })).toEqual([
    { pop: "SIN2-P1", label: LABEL, ips: ["192.0.2.1", "192.0.2.2"] },
    { pop: "XXX1-P1", label: LABEL, ips: [], error: missing("XXX1-P1"), reason: "name_not_found" },
  ]);
  expect(new Set(calls)).toEqual(new Set(["dns.addresses"]));
});

it.each([
  ["another name", { probe: { label: "a.example.com", pops: [] } }],
  ["no POP", { probe: { label: "d1", pops: ["internal"] } }],
])("a probe is not %s", (_, event) => {
  expect(probeSchema.safeParse(event).success).toBe(false);
});
