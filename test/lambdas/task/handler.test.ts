import { describe, expect, it } from "vitest";
import type { Distribution } from "../../../domain/request/distribution.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { Capacity } from "../../../lambdas/capacity.ts";
import type { TaskDeps } from "../../../lambdas/task/deps.ts";
import { createHandler } from "../../../lambdas/task/handler.ts";
import {
  FakeDistributions,
  FakeDns,
  FakeFleet,
  FakeLists,
  FakeQueue,
  FakeRequestPops,
  FakeRequests,
  silent,
} from "../fakes.ts";
import { DOMAIN, keysEvent, LABEL, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

const CHECK_POP = keysEvent({ req_id: "r1" });
const OWN = [{ label: LABEL, domain: DOMAIN, id: "E1", names: [DOMAIN, "cdn.example.com"] }];
const ROWS = [
  ["https://cdn.example.com/a", "10"],
  ["https://cdn.example.com/b", "5"],
];
const HOSTS = {
  [`${LABEL}.SIN2-P1.cloudfront.net`]: ["192.0.2.1", "192.0.2.2"],
  [`${LABEL}.FRA56-P4.cloudfront.net`]: ["192.0.2.3"],
};
const POPS = ["SIN2-P1", "FRA56-P4", "XXX1-P1"];

interface Given {
  readonly item?: Partial<RequestItem>;
  readonly own?: Distribution[];
  readonly hosts?: Record<string, string[]>;
  readonly rows?: string[][];
  readonly remainingMs?: number;
  readonly fault?: Fault;
}

/** A request at CHECK_POP: two good URLs, two POPs that resolve and one that does not. */
function world({ item = {}, own = OWN, hosts = HOSTS, rows = ROWS, remainingMs = 900_000, fault }: Given = {}) {
  const requests = new FakeRequests(
    request({ status: "CHECK_POP", cf_domain: DOMAIN, pops: POPS, distributions: own, ...item }),
  );
  const requestPops = new FakeRequestPops(requests);
  const lists = new FakeLists({ "r1/success_urls.csv": rows });
  const queue = new FakeQueue();
  const distributions = new FakeDistributions([]);
  const fleet = new FakeFleet(0);
  const capacity = new Capacity(requests, fleet);
  const dns = new FakeDns(hosts);
  const time = { now: Date.now, sleep: () => Promise.resolve() };
  const fakes = { requests, requestPops, lists, queue, distributions, dns, capacity, logger: silent, ...time };
  const { deps, calls } = noteCalls<TaskDeps>(fakes, fault);
  const handler = createHandler(deps);
  const handle = (event: unknown) => handler(event, { getRemainingTimeInMillis: () => remainingMs });
  const states = () => Object.fromEntries([...requestPops.items.values()].map(({ pop, state }) => [pop, state]));
  return { requests, requestPops, queue, distributions, fleet, calls, handle, states };
}

/** Calls the handler as the streams would, each call again if it failed, until nothing is left to call it for. */
async function run(w: ReturnType<typeof world>) {
  const stubborn = (event: unknown) => w.handle(event).catch(() => w.handle(event));
  await stubborn(CHECK_POP);
  for (const { target, state } of [...w.requestPops.items.values()]) {
    if (state === "READY") await stubborn(keysEvent({ req_id: "r1", target }));
  }
  return w;
}

const tasksOf = ({ queue }: ReturnType<typeof world>) =>
  queue.messages.flatMap(({ pop, urls }) => urls.map(({ url }) => `${pop} ${url}`));
const TASKS = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => ROWS.map(([url]) => `${pop} ${url}`));

describe("a request at CHECK_POP", () => {
  it("gets its targets, its totals, and at last READY targets", async () => {
    const { handle, requests, requestPops, states, queue } = world();
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({
      status: "INSERT_TASK",
      total_count: 4,
      total_size: 30,
      sizes_known: true,
      shards: 1,
      targets_total: 2,
      targets_sent: 0,
      distributions: [{ label: LABEL, domain: DOMAIN, id: "E1", names: [DOMAIN, "cdn.example.com"] }],
    });
    expect(states()).toEqual({ "SIN2-P1": "READY", "FRA56-P4": "READY", "XXX1-P1": "FAILED" });
    expect(requestPops.items.get(`r1/XXX1-P1#${LABEL}`)?.error).toBe(
      `queryA ENOTFOUND ${LABEL}.XXX1-P1.cloudfront.net`,
    );
    expect(queue.messages).toEqual([]);
  });

  it("gets its instances back, should the end of another request have taken them", async () => {
    const { handle, fleet } = world({ item: { instance_count: 3 } });
    await handle(CHECK_POP);
    expect(fleet.capacity).toBe(3);
  });

  it("fails when no POP resolves, with the POPs and the reason for the summary", async () => {
    const { handle, requests, states } = world({ hosts: {} });
    await handle(CHECK_POP);
    expect(requests.the().active).toBeUndefined();
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `No POP resolved; the first: queryA ENOTFOUND ${LABEL}.SIN2-P1.cloudfront.net`,
    });
    expect(Object.values(states())).toEqual(["FAILED", "FAILED", "FAILED"]);
  });

  it.each(["CREATED", "IN_PROGRESS", "STOPPED", "FINISHED"] as const)(
    "is passed over when it is %s",
    async (status) => {
      const { handle, calls, requests } = world({ item: { status } });
      await handle(CHECK_POP);
      expect(new Set(calls)).toEqual(new Set(["requests.get"]));
      expect(requests.the().status).toBe(status);
    },
  );
});

describe("need_invalidate", () => {
  const item = { need_invalidate: true };

  it("is done before anything is released", async () => {
    const { handle, calls, distributions, states } = world({ item });
    await handle(CHECK_POP);
    expect([...distributions.invalidations.values()]).toEqual([{ distributionId: "E1", paths: ["/a", "/b"] }]);
    expect(calls.lastIndexOf("distributions.isInvalidated")).toBeLessThan(calls.indexOf("requests.advance"));
    expect(states()).toMatchObject({ "SIN2-P1": "READY" });
  });

  it("is not done unasked", async () => {
    const { handle, distributions } = world();
    await handle(CHECK_POP);
    expect(distributions.invalidations.size).toBe(0);
  });

  it("of another account's distribution fails the request, and warms nothing", async () => {
    const { handle, requests, states, calls } = world({ item, own: [{ label: LABEL, domain: DOMAIN, names: [] }] });
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `need_invalidate: no distribution of this account answers to ${LABEL}, so nothing could be invalidated`,
    });
    expect(states()).toEqual({});
    expect(calls).not.toContain("distributions.invalidate");
  });

  it("that outlasts the function goes on in the next run, and nothing is released before", async () => {
    const { handle, requests, distributions, states } = world({ item, remainingMs: 100_000 });
    distributions.asksUntilComplete = 2;
    await handle(CHECK_POP);
    expect(requests.the().status).toBe("CHECK_POP");
    expect(states()).toMatchObject({ "SIN2-P1": "RESOLVED", "FRA56-P4": "RESOLVED" });
    await handle(CHECK_POP);
    expect(requests.the()).toMatchObject({ status: "INSERT_TASK", invalidated_batches: 1 });
    expect(distributions.invalidations.size).toBe(1);
  });
});

describe("a READY target", () => {
  it("has its tasks queued; the last one moves the request on", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 1 });
    expect(w.queue.messages).toEqual(
      ROWS.map(([url, bytes]) => ({
        ...{ req_id: "r1", pop: "SIN2-P1", ips: ["192.0.2.1", "192.0.2.2"], header: [], shards: 1 },
        ...{ host: "cdn.example.com", urls: [{ url, bytes: Number(bytes) }] },
      })),
    );
    await w.handle(keysEvent({ req_id: "r1", target: `FRA56-P4#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.states()).toMatchObject({ "SIN2-P1": "SENT", "FRA56-P4": "SENT" });
  });

  it("that is called for twice is queued once", async () => {
    const w = await run(world());
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.requests.the().targets_sent).toBe(2);
  });

  it.each([`XXX1-P1#${LABEL}`, "SIN2-P1#unknown"])("%s is none: nothing is queued", async (target) => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target }));
    expect(w.queue.messages).toEqual([]);
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 0 });
  });

  it("of a request that ends meanwhile has no more of its tasks queued", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [`https://cdn.example.com/${i}`, "20000000"]);
    const w: ReturnType<typeof world> = world({
      rows,
      fault: (call) => {
        if (call === "requests.isActive") w.requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toHaveLength(999);
  });

  it("of a request that has ended is not queued", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.requests.end("r1", "STOPPED");
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toEqual([]);
  });
});

describe("whatever happens", () => {
  const item = { need_invalidate: true };
  const settled = ({ requests, states, fleet, distributions }: ReturnType<typeof world>) => ({
    item: requests.the(),
    states: states(),
    capacity: fleet.capacity,
    invalidations: [...distributions.invalidations.keys()],
  });

  it("a crash at any call, before or after its work, comes to the same once it is run again", async () => {
    const smooth = await run(world({ item }));
    expect(smooth.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(smooth.calls.length).toBeGreaterThan(20);
    for (const [n, call] of smooth.calls.entries()) {
      // A failed look-up is an answer: that POP does not resolve.
      if (call === "dns.addresses") continue;
      for (const when of ["before", "after"] as const) {
        const crashed = await run(world({ item, fault: (_, i) => (i === n ? when : undefined) }));
        const where = `${when} ${call} (${n})`;
        expect(settled(crashed), where).toEqual(settled(smooth));
        expect(new Set(tasksOf(crashed)), where).toEqual(new Set(TASKS));
      }
    }
  });

  it("a step whose answer is lost is made, though the client's second try says that it was refused", async () => {
    const w = world();
    const advance = w.requests.advance.bind(w.requests);
    w.requests.advance = (...args) => advance(...args).then(() => false);
    await run(w);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(tasksOf(w)).toEqual(TASKS);
  });

  it("a stop at any call stands", async () => {
    const { calls } = await run(world({ item }));
    for (const n of calls.keys()) {
      const w: ReturnType<typeof world> = world({
        item,
        fault: (_, i) => {
          if (i === n) void w.requests.end("r1", "STOPPED");
          return undefined;
        },
      });
      await run(w);
      expect(w.requests.the().status).toBe("STOPPED");
      expect(w.requests.the().active).toBeUndefined();
    }
  });
});
