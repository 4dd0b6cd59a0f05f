// Huge requests: what a recount comes to that is stopped again and again, at whatever shard, or that crashes.

import fc from "fast-check";
import { LISTS, type ReadableList } from "../../../domain/plan/lists.ts";
import { taskKey, UNFINISHED } from "../../../domain/plan/task.ts";
import { recount } from "../../../domain/readiness/recount.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead, type Source } from "../../../domain/request/source.ts";
import { RESERVE_MS } from "../../../lambdas/runtime.ts";
import type { ShutdownDeps } from "../../../lambdas/shutdown/deps.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { times } from "../../collect.ts";
import { FakeLists } from "../fakes/lists.ts";
import { memoryTables } from "../fakes/tables.ts";
import { DOMAIN, LABEL, request, result, target } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { type Given, HEADER, STILL, world } from "./world.ts";

const POPS = ["SIN2-P1", "FRA56-P4"];
const SITEMAP: Source = { type: "sitemap", url: "https://cdn.example.com/sitemap.xml" };

/** Every task of so many URLs at two POPs in so many shards; every third failed, those that are named are missing. */
function tasksOf(urls: readonly string[], shards: number, isMissing: (n: number) => boolean) {
  return urls
    .flatMap((url) => POPS.map((pop) => [pop, url] as const))
    .map(([pop, url], n) =>
      result(pop, url, {
        ...taskKey("r1", { pop, url }, shards),
        ...(n % 3 === 0 ? { ok: false, bytes: 0, error: `HTTP 50${n % 5}` } : { bytes: n }),
      }),
    )
    .filter((_, n) => !isMissing(n));
}

const urlsOf = (count: number) => times(count, (i) => `https://cdn.example.com/${i}`);

function setUp(count: number, shards: number, isMissing: (n: number) => boolean) {
  const urls = urlsOf(count);
  const item = request({
    status: "IN_PROGRESS",
    total_count: 2 * count,
    shards,
    last_update_time: STILL.last_update_time,
    distributions: [{ label: LABEL, domain: DOMAIN, names: [DOMAIN] }],
  });
  const lists = new FakeLists({ "r1/success_urls.csv": urls.map((url) => [url, "1"]) });
  const { requestPops, results } = memoryTables(item);
  void requestPops.put(POPS.map((pop) => target(pop)));
  results.set(...tasksOf(urls, shards, isMissing));
  const deps = { lists, requestPops, results, now: () => 1_000 };
  const run = (left = () => 900_000, change: Partial<RequestItem> = {}, changed: Partial<typeof deps> = {}) =>
    recount(
      fakeDeps<ShutdownDeps>({ ...deps, ...changed }),
      { ...item, ...change },
      { timeIsUp: false, remainingMs: () => left() - RESERVE_MS, whyMissing: () => UNFINISHED },
    );
  const report = () => (lists.report() ?? []).map((row) => row.join()).toSorted();
  return { deps, item, run, report, all: () => lists.lines().toSorted() };
}

it("a recount comes to the same in whatever runs it is cut, with whatever shards", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 90 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }),
      fc.integer({ min: 2, max: 9 }),
      async (count, shards, groups, missing) => {
        const made = () => setUp(count, shards, (n) => n % missing === 1);
        const [once, cut] = [made(), made()];
        const whole = await once.run();
        let done: typeof whole;
        let runs = 0;
        for (; done === undefined; runs++) {
          let asked = 0;
          const most = groups[runs] ?? Number.POSITIVE_INFINITY;
          done = await cut.run(() => (asked++ < most ? 900_000 : 0));
        }
        expect(done.taskBitmap.saved()).toEqual(whole?.taskBitmap.saved());
        expect(done.taskBitmap.count()).toEqual(whole?.taskBitmap.count());
        expect(cut.report()).toEqual(once.report());
        expect(done.failures.saved()).toEqual(whole?.failures.saved());
        expect(done.coverage()).toEqual(whole?.coverage());
        expect(cut.all()).toEqual(once.all());
        expect(cut.all()).toHaveLength(2 * count);
        if (shards <= 16) expect([runs, cut.deps.lists.checkpoints.size]).toEqual([1, 0]);
        else expect(runs).toBeLessThanOrEqual(groups.length + 1);
      },
    ),
    { numRuns: 60 },
  );
});

it("a recount says in each row which source named its URL", async () => {
  const w = setUp(3, 1, () => false);
  w.deps.lists.objects["r1/success_urls.csv"] = urlsOf(3).map((url, i) => [url, "1", "", i === 0 ? "" : `${i}`]);
  await w.run(undefined, { sources_read: [{ ...notYetRead(SITEMAP), done: true }] });
  const named = w.all().map((line) => /,([12] ?[^,]*),(?:true|false),/.exec(line)?.[1]);
  // Nobody knows the second source any more.
  const first = `1 ${SITEMAP.url}`;
  expect(named.toSorted()).toEqual([first, first, "2", "2", undefined, undefined]);
});

it("a recount of a request that was queued again meanwhile begins anew, and counts what has come since", async () => {
  const w = setUp(40, 40, (n) => n < 20);
  expect(await w.run(() => 0)).toBeUndefined();
  w.deps.results.set(...tasksOf(urlsOf(40), 40, (n) => n >= 20));
  expect((await w.run(undefined, { requeues: 1 }))?.taskBitmap.missingCount).toBe(0);
  expect(w.all()).toHaveLength(80);
});

it.each([
  ["an hour old goes on", 3_600_000, 4],
  ["older than that begins anew", 3_600_001, 0],
])("a recount of which the checkpoint is %s", async (_, ageMs, missing) => {
  const all = tasksOf(urlsOf(40), 40, () => false);
  const late = all.filter(({ task_key }) => Number(task_key.split("#")[1]) < 16).slice(0, 4);
  const w = setUp(40, 40, (n) => late.includes(all[n] ?? expect.fail()));
  expect(await w.run(() => 0)).toBeUndefined();
  w.deps.results.set(...late);
  const counted = await w.run(undefined, {}, { now: () => 1_000 + ageMs });
  expect(counted?.taskBitmap.missingCount).toBe(missing);
});

it("a recount leaves a report that would not be written in time to the next run", async () => {
  const w = setUp(40, 40, () => false);
  // All is read, and the segments of two runs that stopped before would take longer to be passed on than what is left.
  for (let i = 0; i < 2; i++) expect(await w.run(() => 0)).toBeUndefined();
  expect(await w.run(() => RESERVE_MS + 1_599)).toBeUndefined();
  expect(w.report()).toEqual([]);
  expect((await w.run(() => 0))?.taskBitmap.missingCount).toBe(0);
  expect(w.report()).toHaveLength(28);
});

/** So many rows, each with a URL of 2,000 characters, eight times, and a problem of 4,000: 120 MB. */
const UNREADABLE = 20_000;

it("of a request of which many URLs could not be read a recount keeps no problem in memory and each URL once, and the report has them all", async () => {
  const w = setUp(1, 1, () => false);
  const text = (length: number) => Buffer.alloc(length, "x").toString("latin1");
  const before = process.memoryUsage().heapUsed;
  let [readings, heap] = [0, before];
  class ManyUnreadable extends FakeLists {
    override async *read<T>(list: ReadableList<T>, reqId: string) {
      if (list.key(reqId) !== LISTS.failedUrls.key(reqId)) return yield* super.read(list, reqId);
      readings++;
      for (let i = 0; i < UNREADABLE; i++) {
        if (i % 1_000 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
        yield list.fromRow([`https://cdn.example.com/${Math.floor(i / 8)}/${text(2_000)}`, text(4_000), `v${i % 8}`]);
      }
    }
  }
  const lists = new ManyUnreadable(w.deps.lists.objects);
  const done = await w.run(undefined, {}, { lists });
  expect(done?.failures.groups()).toMatchObject([
    { code: "other", subject: "task", tasks: 1 },
    { code: "other", subject: "url", urls: UNREADABLE / 8 },
  ]);
  expect(done?.coverage().unreadable_urls).toBe(UNREADABLE / 8);
  // With the one task that failed, and the header.
  const report = Buffer.from(lists.files.get("r1/report.csv") ?? []);
  let rows = 0;
  // Of 120 MB, a callback for each byte takes seconds.
  for (let end = report.indexOf(10); end !== -1; end = report.indexOf(10, end + 1)) rows++;
  expect([readings, rows]).toEqual([2, UNREADABLE + 2]);
  expect((heap - before) / 2 ** 20).toBeLessThan(55);
});

it("rows of tasks without a result that take several runs are written once, and each run writes some", async () => {
  const w = setUp(40, 17, () => true);
  for (let i = 0; i < 2; i++) expect(await w.run(() => 0)).toBeUndefined();
  let runs = 1;
  for (let asked = 0; (await w.run(() => (asked++ % 10 === 9 ? 0 : 900_000))) === undefined; ) runs++;
  expect(runs).toBeGreaterThan(3);
  expect(new Set(w.all()).size).toBe(80);
  expect(w.all()).toHaveLength(80);
  expect(w.report()).toHaveLength(81);
});

const URLS = 15;
const SHARDS = 33;
const huge = (given: Given = {}, isMissing: (n: number) => boolean = () => false) => {
  const w = world({
    ...given,
    // A group of shards takes 20 seconds, and a run five more than its reserve: it reads one group, and is over.
    runMs: 125_000,
    results: tasksOf(urlsOf(URLS), SHARDS, isMissing),
    item: { total_count: 2 * URLS, download_count: 2 * URLS, shards: SHARDS, ...given.item },
  });
  w.before["results.of"] = () => w.later(20_000);
  w.lists.objects["r1/success_urls.csv"] = urlsOf(URLS).map((url) => [url, "10"]);
  return w;
};

it("a settlement check of a huge request invokes Shutdown again and keeps its settlement request until all results are counted", async () => {
  const w = huge();
  await w.handle();
  expect(w.requests.the().status).toBe("IN_PROGRESS");
  expect(w.lists.checkpoints.size).toBe(1);
  expect(w.shutdown.requests).toEqual(["r1"]);
  expect(w.settlements.pending().includes("r1")).toBe(true);
  await w.handle();
  await w.handle();
  expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS" });
  await w.handle();
  expect(w.requests.the()).toMatchObject({ status: "FINISHED", download_count: 30, failed_count: 10 });
  expect(w.lists.checkpoints.size).toBe(0);
  expect(w.report()?.[0]).toEqual(HEADER);
  expect(w.report()).toHaveLength(11);
});

it("a settlement check of a huge request keeps its checkpoint until the request has ended, so that a crash before does not repeat the recount", async () => {
  const w = huge({ fault: failing("requests.end") });
  for (let i = 0; i < 3; i++) await w.handle();
  await expect(w.handle()).rejects.toThrow("requests.end");
  expect(w.lists.checkpoints.size).toBe(1);
});

it("a huge request that was stopped is recounted in several runs, and cleaned up after the last", async () => {
  const w = huge({ item: { status: "STOPPED", active: undefined, closing: "y" } });
  for (let runs = 0; runs < 4; runs++) {
    expect(w.requests.the().closed).toBe(false);
    await w.handle();
  }
  expect(w.requests.the()).toMatchObject({ closed: true, download_count: 30 });
});

it("a settlement check of a huge request that did not end it begins anew the next time", async () => {
  // The counters say that all have come, and four have not.
  const w = huge({}, (n) => n < 4);
  for (let i = 0; i < 4; i++) await w.handle();
  expect(w.requests.the().status).toBe("IN_PROGRESS");
  expect(w.lists.checkpoints.size).toBe(0);
});
