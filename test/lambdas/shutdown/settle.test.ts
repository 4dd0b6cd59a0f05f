import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { MAX_REQUEUES } from "../../../domain/request/lifecycle.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { count, DOMAIN, heartbeat, request, result, target } from "../items.ts";
import { failing } from "../noted-calls.ts";
import {
  A,
  B,
  type Given,
  HEADER,
  ONE_MISSING,
  OTHER,
  PAST,
  reported,
  resultsBut,
  STILL,
  settled,
  world,
} from "./world.ts";

const { empty_seen_at: _, ...NOT_SEEN_EMPTY } = STILL;
const GIVEN_UP = { ...STILL, requeues: MAX_REQUEUES };
const HTTP_403 = { ok: false, bytes: 0, reason: "http_4xx", error: "HTTP 403" } as const;

function message(pop: string, url: string, { ips = ["192.0.2.1"], bytes = 10 as number | null } = {}) {
  return {
    req_id: "r1",
    pop,
    ips,
    host: DOMAIN,
    header: [],
    verify: "edge",
    downloads: "auto",
    scope: "pop",
    shards: 1,
    urls: [{ url, bytes }],
    again: true,
  };
}

describe("a settlement check of an active request", () => {
  it("ends a request of which every task has a result: exact counts, and the report stands before the status", async () => {
    const seen = [
      { outcome: "warm", size_changed: true },
      { outcome: "hit", warning: "no_age" },
      { outcome: "warm" },
      { outcome: undefined },
    ] as const;
    const { requests, report, calls } = await settled({
      results: resultsBut().map((it, i) => ({ ...it, ...seen[i] })),
      item: { download_count: 9, download_size: 999, failed_count: 7 },
    });
    expect(requests.ended).toEqual(["r1"]);
    expect(requests.the()).toMatchObject({
      ...count(4, 30, 0, { warm_count: 2, hit_count: 1, no_age_count: 1, size_changed_count: 1 }),
      status: "FINISHED",
      report: "r1/report.csv",
    });
    expect(requests.the().active).toBeUndefined();
    expect(report()).toEqual([HEADER]);
    expect(calls.indexOf("lists.write")).toBeLessThan(calls.indexOf("requests.end"));
  });

  it("reports each failed task once, with all that is known of it", async () => {
    const known = { http_status: 403, x_amz_cf_pop: "SIN2-P1", x_amz_cf_id: "abc==", attempts: 1 };
    const failed = [
      result("SIN2-P1", A, { ok: false, error: "HTTP 403", bytes: 99, ...known }),
      result("FRA56-P4", B, { ok: false, error: 'reset, "by" peer', attempts: 3 }),
      result("GRU1-C2", B, { ok: false, error: "a stray" }),
    ];
    const good = resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${B}`);
    const { report, requests } = await settled({ results: [...failed, ...failed, ...good] });
    expect(report()).toEqual([
      HEADER,
      reported("FRA56-P4", B, 'reset, "by" peer', "", "", "", "3"),
      reported("SIN2-P1", A, "HTTP 403", "403", "SIN2-P1", "abc==", "1"),
    ]);
    expect(requests.the()).toMatchObject(count(4, 15, 2));
  });

  it("stores the verdict, the failures by reason and the file of all results when the request ends", async () => {
    const failed = result("SIN2-P1", A, { ...HTTP_403, http_status: 403 });
    const w = world({ results: [...ONE_MISSING, failed] });
    w.lists.objects["r1/failed_urls.csv"] = [["https://cdn.example.com/gone", "HTTP 404", "", "http_4xx", "404"]];
    await w.handle();
    // The POP that did not resolve does not count; the URL that could not be read is lacking at both others.
    expect(w.requests.the()).toMatchObject({
      status: "FINISHED",
      report: "r1/report.csv",
      results: "r1/results.csv.gz",
      verdict: "not_ready",
      readiness: {
        cold_objects: 0,
        lacking_pops: 2,
        lacking_other_pops: 1,
        lacking_examples: ["SIN2-P1", "FRA56-P4"],
        pops: 2,
        unresolved_pops: 1,
        unresolved_examples: ["XXX1-P1"],
        unreadable_urls: 1,
        urls: 3,
        exceptions: 3,
      },
    });
    const example = JSON.stringify([{ url: A, pop: "SIN2-P1", error: "HTTP 403", http_status: 403 }]);
    const gone = JSON.stringify([{ url: "https://cdn.example.com/gone", error: "HTTP 404", http_status: 404 }]);
    expect(w.lists.objects["r1/failures.csv"]).toEqual([
      ["http_4xx", "1", "1", "1", example, "task"],
      ["http_4xx", "0", "0", "1", gone, "url"],
      ["other", "0", "1", "0", JSON.stringify([{ pop: "XXX1-P1" }]), "pop"],
    ]);
    expect(w.allRows()?.map((row) => row.slice(0, 4))).toEqual([
      ["pop", "url", "error", "http_status"],
      ["SIN2-P1", A, "HTTP 403", "403"],
      ["", "https://cdn.example.com/gone", "HTTP 404", "404"],
      ["XXX1-P1", "", "", ""],
    ]);
    expect(w.lists.lines()).toHaveLength(4);
  });

  it("is not ready where only the REC keeps the objects, and lists them for a retry", async () => {
    const results = resultsBut().map((it) =>
      it.pop === "SIN2-P1" ? { ...it, outcome: "regional" as const, tier: "REC" } : { ...it, outcome: "warm" as const },
    );
    const forPops = world({ results });
    await forPops.handle();
    expect(forPops.requests.the()).toMatchObject({
      ...count(4, 30, 0, { warm_count: 2, regional_count: 2 }),
      verdict: "not_ready",
      readiness: { cold_objects: 0, lacking_pops: 1, lacking_examples: ["SIN2-P1"], regional_tasks: 2 },
    });
    expect(forPops.lists.objects["r1/regional_urls.csv"]).toEqual([
      [A, "10", "", "", "01"],
      [B, "", "", "", "01"],
    ]);
    expect(forPops.report()).toEqual([HEADER]);
  });

  it("ends the instances of a request whose time is up before it reads the results, which may take minutes or fail", async () => {
    const { handle, fleet } = world({ item: { timeout_at: PAST }, fault: failing("results.of") });
    await expect(handle()).rejects.toThrow("results.of");
    expect(fleet.capacity).toBe(0);
  });

  it("ends a request whose time is up, and reports what has no result", async () => {
    const { requests, report, queue } = await settled({
      results: ONE_MISSING,
      item: { timeout_at: PAST, download_count: 3 },
    });
    expect(requests.the()).toMatchObject({ ...count(3, 20, 0), status: "TIMEOUT", report: "r1/report.csv" });
    const why = "no result: the request ended before an agent finished it";
    expect(report()).toEqual([HEADER, reported("SIN2-P1", A, why, "", "", "", "0")]);
    expect(queue.messages).toEqual([]);
  });

  it("does not change how a request ended that was stopped meanwhile", async () => {
    const { handle, before, requests } = world();
    const stopped = request({ status: "STOPPED", active: undefined });
    before["queue.messageCount"] = () => requests.set(stopped);
    await handle();
    expect(requests.the()).toEqual(stopped);
  });

  it.each([["damaged", [["https://x", "abc"]], "'https://x,abc' is not a URL and its bytes"]])(
    "ends a request whose list of URLs is %s, with the reason",
    async (_, rows, why) => {
      for (const [timeout_at, status] of [
        [PAST, "TIMEOUT"],
        [formatTimestamp(Date.now() + 60_000), "FAILED"],
      ] as const) {
        const { handle, requests, lists, report } = world({ item: { timeout_at } });
        if (rows === undefined) delete lists.objects["r1/success_urls.csv"];
        else lists.objects["r1/success_urls.csv"] = rows;
        await handle();
        expect(requests.the()).toMatchObject({ status, reason: `the list of its good URLs cannot be read: ${why}` });
        expect(requests.the().active).toBeUndefined();
        // Its end calls Shutdown again.
        await handle();
        expect(requests.the()).toMatchObject({ closed: true, report: "r1/report.csv", download_count: 4 });
        expect(report()).toEqual([HEADER]);
      }
    },
  );
});

describe("a settlement check of a request that goes on", () => {
  it("lets nobody else request a check while it lasts, and everybody afterwards", async () => {
    const { handle, before, settlements } = world({ results: ONE_MISSING });
    const open: boolean[] = [];
    before["results.of"] = () => open.push(settlements.pending().includes("r1"));
    before["progress.correct"] = before["results.of"];
    await settlements.requestSettlement("r1");
    await handle();
    expect([...open, settlements.pending().includes("r1")]).toEqual([true, true, false]);
  });

  it("puts counters right that say that all is done", async () => {
    const w = world({
      results: ONE_MISSING.map((it) => ({ ...it, outcome: "warm" as const })),
      item: { expire_at: 1_800_000_444 },
    });
    w.progress.set("r1", { count: count(6, 99, 1, { hit_count: 2 }) });
    await w.handle();
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y", requeues: 0 });
    expect((await w.progress.of("r1")).count).toEqual(count(3, 20, 0, { warm_count: 3 }));
    await w.handle();
    expect(w.times("progress.correct")).toBe(1);
    // They are kept as long as the request.
    expect(w.progress.all()).toContainEqual(expect.objectContaining({ part: "recount", expire_at: 1_800_000_444 }));
    expect(w.queue.messages).toEqual([]);
    expect(w.shutdown.requests).toEqual([]);
  });

  it("leaves counters that move during the recount as they are: nobody can tell by how much", async () => {
    const { handle, before, progress, times } = world({ results: ONE_MISSING });
    before["results.of"] = () => progress.set("r1", { count: count(1, 7, 0) });
    await handle();
    expect(times("progress.correct")).toBe(0);
  });

  it.each([
    ["available", 1, 0],
    ["in flight", 0, 1],
  ])("reads no results while messages are %s", async (_, available, inFlight) => {
    const { handle, requests, queue, times } = world({ results: ONE_MISSING, item: STILL });
    queue.messages = Array(available).fill(taskMessageSchema.parse(message("NRT57-P3", A)));
    queue.inFlight = inFlight;
    await handle();
    // The queue is not empty: what was seen before counts no more.
    const { empty_seen_at, ...item } = requests.the();
    expect(empty_seen_at).toBeUndefined();
    expect(item).toMatchObject({ status: "IN_PROGRESS", active: "y", requeues: 0 });
    expect([queue.messages.length, times("results.of")]).toEqual([available, 0]);
  });

  it("checks an empty queue twice, a minute apart", async () => {
    const w = await settled({ results: ONE_MISSING, item: NOT_SEEN_EMPTY });
    expect([w.checkDelays(), w.queue.messages]).toEqual([[60], []]);
    expect(w.requests.the()).toMatchObject({ requeues: 0, last_update_time: STILL.last_update_time });
    // Another check, which comes early, does not begin the wait again.
    w.later(39_000);
    await w.handle();
    expect(w.checkDelays()).toEqual([21]);
    w.later(21_001);
    await w.handle();
    expect(w.requeued()).toEqual([1, 1]);
  });

  it("waits itself for a check that is due within 20 seconds, and invokes itself then", async () => {
    const w = world({ results: ONE_MISSING, item: NOT_SEEN_EMPTY, stallSeconds: 30 });
    const before = w.now();
    await w.handle();
    expect([w.now() - before, w.shutdown.requests, w.checkDelays()]).toEqual([2_000, ["r1"], []]);
    expect(w.calls.indexOf("shutdown.invoke")).toBeLessThan(w.calls.indexOf("settlements.clear"));
  });

  it("schedules a check that is due soon if the run has no time left to wait", async () => {
    const w = await settled({ item: NOT_SEEN_EMPTY, stallSeconds: 30, runMs: 121_000 });
    expect([w.shutdown.requests, w.checkDelays()]).toEqual([[], [20]]);
  });
});

describe("what is lost", () => {
  it("is queued again in the request's queue: that, and no more", async () => {
    const results = resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${B}`);
    const { requests, queue, progress } = await settled({ results, item: { ...STILL, lane: "express" } });
    expect(queue.messages).toEqual([
      message("SIN2-P1", A, { bytes: 10 }),
      message("FRA56-P4", B, { ips: ["192.0.2.9"], bytes: null }),
    ]);
    expect([...queue.usedLanes]).toEqual(["express"]);
    for (const body of queue.messages) expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", requeues: 1 });
    expect(requests.the().empty_seen_at).toBeUndefined();
    expect((await progress.of("r1")).count).toMatchObject({ download_count: 2, download_size: 15 });
  });

  it.each([
    ["under one of its REC that leads the others", 0, 1],
    ["without a lead the last time: nobody waits for anybody", MAX_REQUEUES - 1, 3],
  ])("is queued %s", async (_, requeues, messages) => {
    const singapore = ["SIN2-P1", "HKG1-P1", "BKK50-C2"];
    const results = [...ONE_MISSING, result("HKG1-P1", B), result("BKK50-C2", B)];
    const pops = ["FRA56-P4", ...singapore];
    const w = world({ results, item: { ...STILL, total_count: 8, pops, requeues } });
    await w.requestPops.put(singapore.slice(1).map((pop) => target(pop)));
    await w.handle();
    expect(w.queue.messages).toHaveLength(messages);
    const queued = w.queue.messages.flatMap(({ pop, followers = [] }) => [pop, ...followers.map((it) => it.pop)]);
    expect(queued.toSorted()).toEqual(singapore.toSorted());
  });

  it("is queued once when two checks run at the same time", async () => {
    const { handle, requeued } = world({ results: ONE_MISSING, item: STILL });
    await Promise.all([handle(), handle()]);
    expect(requeued()).toEqual([1, 1]);
    // And then waits for as long as before.
    await handle();
    expect(requeued()).toEqual([1, 1]);
  });

  it("is queued while others keep the queue full, once nothing has come of it for long", async () => {
    const w = world({ results: ONE_MISSING, item: STILL, others: [OTHER] });
    w.queue.inFlight = 3;
    w.progress.set("r2", { heartbeats: [heartbeat({ at: Date.now() + 600_000 })] });
    await w.handle();
    expect(w.requests.the().requeues).toBe(0);
    w.later(601_000);
    await w.handle();
    expect(w.requeued()).toEqual([1, 1]);
  });

  it("often enough is given up: it counts as failed and stands in the report, and no result is written", async () => {
    const w = await settled({
      results: resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${B}`),
      item: { ...GIVEN_UP, shards: 7 },
    });
    expect(w.results.all()).toHaveLength(2);
    expect(w.requests.the()).toMatchObject({ ...count(4, 15, 2), status: "FINISHED" });
    const error = "lost: no agent finished it, though it was queued 3 times";
    expect(w.report()).toEqual([
      HEADER,
      reported("SIN2-P1", A, error, "", "", "", "0"),
      reported("FRA56-P4", B, error, "", "", "", "0"),
    ]);
    expect(w.lists.objects["r1/failures.csv"]?.[0]?.slice(0, 4)).toEqual(["lost", "2", "2", "2"]);
    expect(w.lists.lines().filter((line) => line.includes("no agent finished it"))).toHaveLength(2);
    expect(w.queue.messages).toEqual([]);
  });

  it("often enough ends a request whose counts cannot reach the total", async () => {
    const { requests, times } = await settled({ item: { ...GIVEN_UP, total_count: 5 } });
    expect(times("results.of")).toBe(1);
    expect(requests.the()).toMatchObject({ status: "FINISHED", download_count: 4, failed_count: 0 });
  });
});

it("a request of which more tasks have failed than its caller allows ends as FAILED, with the commonest failure as its reason, and reports the failed and what has no result", async () => {
  const results = [
    result("FRA56-P4", A, { ...HTTP_403, error: "CERT_HAS_EXPIRED", reason: "tls" }),
    result("SIN2-P1", A, HTTP_403),
    result("SIN2-P1", B, { ...HTTP_403, error: "HTTP 404" }),
  ];
  const w = world({ results, item: { max_failures: 2, download_count: 3, failed_count: 3 } });
  w.queue.messages = [taskMessageSchema.parse(message("FRA56-P4", B))];
  await w.handle();
  expect(w.requests.the()).toMatchObject({
    status: "FAILED",
    reason:
      "max_failures: 3 tasks failed; the request allows 2. Most frequent reason: http_4xx (2 of them), such as HTTP 403 for " +
      `${A} at SIN2-P1`,
    download_count: 3,
    failed_count: 3,
    report: "r1/report.csv",
  });
  expect(w.requests.the().active).toBeUndefined();
  expect(w.report()?.map(([pop, url, error]) => [pop, url, error])).toEqual([
    ["pop", "url", "error"],
    ...results.map(({ pop, url, error }) => [pop, url, error]),
    ["FRA56-P4", B, "no result: the request ended before an agent finished it"],
  ]);
});

it("a request of which more tasks have failed than its caller allows ends so when what was lost is too much, and says that", async () => {
  const results = resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${A}`);
  const { requests } = await settled({ results, item: { ...GIVEN_UP, max_failures: 0 } });
  expect(requests.the()).toMatchObject({ status: "FAILED", download_count: 4, failed_count: 2 });
  expect(requests.the().reason).toMatch(
    /^max_failures: 2 .* allows 0\. Most frequent reason: lost \(2 of them\), such as lost: no agent/,
  );
});

// A retry: A is wanted at SIN2-P1 and B at FRA56-P4.
const good = [result("SIN2-P1", A, { bytes: 10 }), result("FRA56-P4", B, { bytes: 5 })];
const failed = (pop: string, url: string) => result(pop, url, HTTP_403);
async function settledOf({ item, results }: Given) {
  const w = world({ results, item: { total_count: 2, download_count: 2, ...item } });
  w.lists.objects["r1/success_urls.csv"] = [
    [A, "10", "", "", "01"],
    [B, "5", "", "", "02"],
  ];
  await w.handle();
  return w;
}

it("a request whose URLs are wanted at some POPs alone is finished by exactly these pairs; a result of another pair is a stray", async () => {
  const { requests, report } = await settledOf({ results: [...good, failed("SIN2-P1", B)] });
  expect(requests.the()).toMatchObject({ ...count(2, 15, 0), status: "FINISHED" });
  expect(report()).toHaveLength(1);
  const strays = await settledOf({ results: [result("SIN2-P1", B), result("FRA56-P4", A)] });
  expect(strays.requests.the().status).toBe("IN_PROGRESS");
});

describe("a request with the scope regional, of a POP whose sample was a miss", () => {
  function regionalWorld(item: Given["item"] = {}) {
    const regional = { outcome: "regional" } as const;
    const results = [
      ...["SIN2-C1", "FRA56-P4"].flatMap((pop) => [A, B].map((url) => result(pop, url, regional))),
      result("SIN2-P1", A, { ...regional, sample: "miss", led_by: "SIN2-C1" }),
    ];
    const w = world({
      results,
      item: {
        scope: "regional",
        pops: ["SIN2-P1", "FRA56-P4", "SIN2-C1"],
        total_count: 5,
        total_size: 50,
        download_count: 5,
        ...item,
      },
    });
    void w.requestPops.put([target("SIN2-C1")]);
    w.lists.objects["r1/success_urls.csv"] = [
      [A, "10", "", "", "", "sample"],
      [B, "10", "", "", "", ""],
    ];
    return w;
  }

  it("goes on with the tasks of that POP, which leads for itself", async () => {
    const w = regionalWorld();
    await w.handle();
    expect(w.requests.ended).toEqual([]);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", total_count: 6 });
    expect(w.queue.messages).toHaveLength(1);
  });

  it("ends without them if a limit forbids them, and keeps which one", async () => {
    const w = regionalWorld({ max_bytes: 1 });
    await w.handle();
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", not_extended: expect.stringMatching(/^max_bytes/) });
    expect(w.queue.messages).toEqual([]);
  });

  it.each([
    ["counts the new tasks for its day", 0, 6, undefined],
    ["ends without them if the day has no room", 3e12, 5, expect.stringMatching(/^transferred_bytes of 2024-04-16 /)],
  ])("%s", async (_, transferred_bytes, total_count, not_extended) => {
    const w = regionalWorld({ counted_use: { day: "2024-04-16", total_count: 5, transferred_bytes: 0 } });
    w.requests.set({ req_id: "day 2024-04-16", total_count: 5, transferred_bytes });
    await w.handle();
    expect(w.requests.the().not_extended).toEqual(not_extended);
    expect(await w.requests.dailyUse("2024-04-16")).toMatchObject({ total_count });
  });
});
