// Huge requests: what a recount comes to that is stopped again and again, at whatever shard, or that crashes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LISTS, type ReadableList } from "../../../domain/plan/lists.ts";
import { taskKey, UNFINISHED } from "../../../domain/plan/task.ts";
import { recount } from "../../../domain/readiness/recount.ts";
import { REPORT_FILE, SegmentedFile } from "../../../domain/readiness/report-writer.ts";
import { MAX_REQUEUES } from "../../../domain/request/lifecycle.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { RESERVE_MS } from "../../../lambdas/runtime.ts";
import type { ShutdownDeps } from "../../../lambdas/shutdown/deps.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { DOMAIN, LABEL, request, result, target } from "../items.ts";
import type { Fault } from "../noted-calls.ts";
import { EVENT, HEADER, STILL, world } from "./world.ts";

const POPS = ["SIN2-P1", "FRA56-P4"];

/** Every task of so many URLs at two POPs in so many shards; every third failed, those that are named are missing. */
function tasksOf(urls: readonly string[], shards: number, isMissing: (n: number) => boolean): TaskResult[] {
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

const urlsOf = (count: number) => Array.from({ length: count }, (_, i) => `https://cdn.example.com/${i}`);

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
  const requestPops = new FakeRequestPops(new FakeRequests(item), ...POPS.map((pop) => target(pop)));
  const results = new FakeResults(tasksOf(urls, shards, isMissing));
  const deps = { lists, requestPops, results, now: () => 1_000 };
  const run = (left: () => number) =>
    recount(fakeDeps<ShutdownDeps>(deps), item, {
      timeIsUp: false,
      remainingMs: () => left() - RESERVE_MS,
      whyMissing: () => UNFINISHED,
    });
  const report = () => (lists.report() ?? []).map((row) => row.join()).toSorted();
  return { deps, item, run, report, all: () => lists.lines().toSorted() };
}

describe("a recount", () => {
  it("comes to the same in whatever runs it is cut, with whatever shards", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 90 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }),
        fc.integer({ min: 2, max: 9 }),
        async (count, shards, groups, missing) => {
          const [once, cut] = [1, 2].map(() => setUp(count, shards, (n) => n % missing === 1)) as [
            ReturnType<typeof setUp>,
            ReturnType<typeof setUp>,
          ];
          const whole = await once.run(() => 900_000);
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

  it("says in each row which source named its URL", async () => {
    const w = setUp(3, 1, () => false);
    w.deps.lists.objects["r1/success_urls.csv"] = urlsOf(3).map((url, i) => [url, "1", "", i === 0 ? "" : `${i}`]);
    Object.assign(w.item, { sources_read: [{ from: "https://cdn.example.com/sitemap.xml" }] });
    await w.run(() => 900_000);
    const named = (n: number) =>
      w
        .all()
        .filter((line) => line.includes(`cdn.example.com/${n},`))
        .map((line) => /,([12] ?[^,]*),(?:true|false),/.exec(line)?.[1]);
    expect([0, 1, 2].map(named)).toEqual([
      [undefined, undefined],
      ["1 https://cdn.example.com/sitemap.xml", "1 https://cdn.example.com/sitemap.xml"],
      // Nobody knows this source any more.
      ["2", "2"],
    ]);
  });

  it.each([
    ["with other totals", { total_count: 81 }],
    ["that was queued again", { requeues: 1 }],
    ["that has been stopped", { status: "STOPPED" as const }],
  ])("of a request %s begins anew, and counts what has come since", async (_, change) => {
    const w = setUp(40, 40, (n) => n < 20);
    expect(await w.run(() => 0)).toBeUndefined();
    w.deps.results.items.push(...tasksOf(urlsOf(40), 40, (n) => n >= 20));
    const run = { timeIsUp: false, remainingMs: () => 900_000, whyMissing: () => UNFINISHED };
    const counted = await recount(fakeDeps<ShutdownDeps>(w.deps), { ...w.item, ...change }, run);
    expect(counted?.taskBitmap.missingCount).toBe(0);
    expect(w.all()).toHaveLength(80);
  });

  it.each([
    ["an hour old goes on", 3_600_000, 4],
    ["older than that begins anew", 3_600_001, 0],
  ])("of which the checkpoint is %s", async (_, ageMs, missing) => {
    const w = setUp(40, 40, () => false);
    const [late] = [w.deps.results.items.filter(({ task_key }) => Number(task_key.split("#")[1]) < 16).slice(0, 4)];
    w.deps.results.items.splice(0, 80, ...w.deps.results.items.filter((it) => !late.includes(it)));
    expect(await w.run(() => 0)).toBeUndefined();
    w.deps.results.items.push(...late);
    const deps = fakeDeps<ShutdownDeps>({ ...w.deps, now: () => 1_000 + ageMs });
    const run = { timeIsUp: false, remainingMs: () => 900_000, whyMissing: () => UNFINISHED };
    expect((await recount(deps, w.item, run))?.taskBitmap.missingCount).toBe(missing);
  });

  it("whose checkpoint has its bits in Base64, as another version wrote it, begins anew", async () => {
    const w = setUp(40, 40, () => false);
    expect(await w.run(() => 0)).toBeUndefined();
    const { checkpoints } = w.deps.lists;
    const [[key, text]] = [...checkpoints] as [[string, string]];
    // Base64 that can be read as hexadecimal.
    const written = { state: "IN_PROGRESS/80/40/0/in time", bits: "AAAA", good: "AAAA" };
    checkpoints.set(key, JSON.stringify({ ...JSON.parse(text), ...written }));
    expect((await w.run(() => 900_000))?.taskBitmap.missingCount).toBe(0);
    expect(w.all()).toHaveLength(80);
  });

  it("leaves a report that would not be written in time to the next run", async () => {
    const w = setUp(40, 40, () => false);
    // All is read, and the segments of two runs that stopped before would take longer to be passed on than what is left.
    for (let i = 0; i < 2; i++) expect(await w.run(() => 0)).toBeUndefined();
    expect(await w.run(() => RESERVE_MS + 1_599)).toBeUndefined();
    expect(w.report()).toEqual([]);
    expect((await w.run(() => 0))?.taskBitmap.missingCount).toBe(0);
    expect(w.report()).toHaveLength(28);
  });
});

describe("of a request of which many URLs could not be read", () => {
  /** So many rows, each with a URL of 2,000 characters, eight times, and a problem of 4,000: 120 MB. */
  const UNREADABLE = 20_000;

  it("a recount keeps no problem in memory and each URL once, and the report has them all", async () => {
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
    const run = { timeIsUp: false, remainingMs: () => 900_000, whyMissing: () => UNFINISHED };
    const done = await recount(fakeDeps<ShutdownDeps>({ ...w.deps, lists }), w.item, run);
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

it("rows of a report beyond what memory takes are set aside, and stand in the report in their order", async () => {
  const files = new FakeLists();
  const file = new SegmentedFile(files, REPORT_FILE, "r1", [], { block: 100, segment: 100 });
  const failed = Array.from({ length: 12 }, (_, i) => result("SIN2-P1", `https://cdn.example.com/${i}`, { ok: false }));
  for (const row of failed) await file.add(row);
  expect(file.segments.length).toBeGreaterThan(2);
  await file.add(result("FRA56-P4", "https://cdn.example.com/last", { ok: false }));
  await file.finish();
  expect(files.report()?.map(([, url]) => url)).toEqual([
    "url",
    ...failed.map(({ url }) => url),
    "https://cdn.example.com/last",
  ]);
});

describe("a settlement check of a huge request", () => {
  const URLS = 40;
  const SHARDS = 40;
  const huge = (given: Parameters<typeof world>[0] = {}, isMissing: (n: number) => boolean = () => false) => {
    const w: ReturnType<typeof world> = world({
      ...given,
      // A group of shards takes 20 seconds, and a run five more than its reserve: it reads one group, and is over.
      runMs: 125_000,
      fault: (call, n, args) => {
        if (call === "results.of") w.later(20_000);
        return given.fault?.(call, n, args);
      },
      results: tasksOf(urlsOf(URLS), SHARDS, isMissing),
      item: { total_count: 2 * URLS, download_count: 2 * URLS, shards: SHARDS, ...given.item },
    });
    w.lists.objects["r1/success_urls.csv"] = urlsOf(URLS).map((url) => [url, "10"]);
    return w;
  };
  /** Checks as long as checks are requested; each that fails comes again. */
  async function lookOn(w: ReturnType<typeof huge>) {
    let seen = 0;
    let runs = 0;
    for (let open = true; open; runs++) {
      await w.handle(EVENT).catch(() => w.handle(EVENT));
      open = w.shutdown.requests.length > seen || (w.requests.the().active === undefined && !w.requests.the().closed);
      seen = w.shutdown.requests.length;
      if (runs > 20) throw new Error("it comes to no end");
    }
    return runs;
  }
  const end = ({ requests, report, lists, queue, timer }: ReturnType<typeof huge>) => ({
    item: requests.the(),
    all: lists.lines().toSorted(),
    failures: lists.objects["r1/failures.csv"],
    report: report()?.map((row) => row.join()),
    rest: [lists.checkpoints.size, queue.messages.length, timer.schedules.size],
  });

  it("invokes Shutdown again and keeps its settlement request until all results are counted", async () => {
    const w = huge();
    await w.handle(EVENT);
    expect(w.requests.the().status).toBe("IN_PROGRESS");
    expect(w.lists.checkpoints.size).toBe(1);
    expect(w.shutdown.requests).toEqual(["r1"]);
    expect(w.settlements.open.has("r1")).toBe(true);
    await w.handle(EVENT);
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS" });
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", download_count: 80, failed_count: 27 });
    expect(w.lists.checkpoints.size).toBe(0);
    expect(w.report()?.[0]).toEqual(HEADER);
    expect(w.report()).toHaveLength(28);
  });

  it("keeps its checkpoint until the request has ended, so that a crash before does not repeat the recount", async () => {
    const w = huge({ fault: (call) => (call === "requests.end" ? "before" : undefined) });
    for (let i = 0; i < 3; i++) await w.handle(EVENT);
    await expect(w.handle(EVENT)).rejects.toThrow("requests.end");
    expect(w.lists.checkpoints.size).toBe(1);
  });

  it("that did not end it begins anew the next time", async () => {
    // The counters say that all have come, and four have not.
    const w = huge({}, (n) => n < 4);
    for (let i = 0; i < 4; i++) await w.handle(EVENT);
    expect(w.requests.the().status).toBe("IN_PROGRESS");
    expect(w.lists.checkpoints.size).toBe(0);
  });

  const given = {
    FINISHED: [{}, () => false],
    STOPPED: [{ item: { status: "STOPPED", active: undefined, closing: "y" } }, (n: number) => n % 2 === 0],
    TIMEOUT: [{ item: { timeout_at: "2024-04-16 03:17:21.046000" } }, (n: number) => n % 7 === 0],
    "given up": [{ item: { ...STILL, requeues: MAX_REQUEUES } }, (n: number) => n % 5 === 0],
  } as const;

  it.each(Object.entries(given))("%s: a crash at any call comes to the same", async (_, [how, isMissing]) => {
    const smooth = huge(how, isMissing);
    await lookOn(smooth);
    expect(smooth.requests.the().closed).toBe(true);
    expect(smooth.calls.filter((call) => call === "lists.writeCheckpoint")).toHaveLength(3);
    for (const [n, call] of smooth.calls.entries()) {
      for (const when of ["before", "after"] as const) {
        const fault: Fault = (_name, i) => (i === n ? when : undefined);
        const crashed = huge({ ...how, fault }, isMissing);
        await lookOn(crashed);
        // A crash right after the end leaves a checkpoint, which no recount of the ended request goes on from.
        crashed.lists.checkpoints.clear();
        expect(end(crashed), `${when} ${call} (${n})`).toEqual(end(smooth));
      }
    }
  });

  it("requeues missing tasks to the request's queue", async () => {
    const w = huge({ item: { ...STILL, lane: "express" } }, (n) => n === 7);
    for (let i = 0; w.queue.messages.length === 0 && i < 5; i++) await w.handle(EVENT);
    expect([...w.queue.usedLanes]).toEqual(["express"]);
  });
});
