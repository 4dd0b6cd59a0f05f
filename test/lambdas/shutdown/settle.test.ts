import { describe, expect, it } from "vitest";
import { targetKey } from "../../../domain/plan/target.ts";
import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { MAX_REQUEUES } from "../../../domain/request/lifecycle.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { count, DOMAIN, LABEL, request, result, target } from "../items.ts";
import { A, B, EVENT, HEADER, OTHER, PAST, reported, resultsBut, STILL, world } from "./world.ts";

describe("a settlement check of an active request", () => {
  it("ends a request of which every task has a result: exact counts, and the report stands before the status", async () => {
    const { handle, requests, report, calls } = world({
      item: { download_count: 9, download_size: 999, failed_count: 7 },
    });
    await handle(EVENT);
    const { active, ...item } = requests.the();
    expect(active).toBeUndefined();
    expect(requests.ended).toEqual(["r1"]);
    expect(item).toMatchObject({
      status: "FINISHED",
      download_count: 4,
      download_size: 30,
      failed_count: 0,
      report: "r1/report.csv",
    });
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
    const { handle, report, requests } = world({ results: [...failed, ...failed, ...good] });
    await handle(EVENT);
    expect(report()).toEqual([
      HEADER,
      reported("SIN2-P1", A, "HTTP 403", "403", "SIN2-P1", "abc==", "1"),
      reported("FRA56-P4", B, 'reset, "by" peer', "", "", "", "3"),
    ]);
    expect(requests.the()).toMatchObject({ download_count: 4, download_size: 15, failed_count: 2 });
  });

  it("counts exactly what was seen of each task", async () => {
    const results = [
      ...resultsBut(`SIN2-P1#${A}`, `SIN2-P1#${B}`, `FRA56-P4#${B}`),
      result("SIN2-P1", A, { outcome: "warm" }),
      result("SIN2-P1", B, { outcome: "hit" }),
      result("FRA56-P4", B, { ok: false, outcome: "not_kept" }),
    ];
    const told = { warm_count: 1, hit_count: 1, not_kept_count: 1 };
    const { handle, requests } = world({ results });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ download_count: 4, failed_count: 1, ...told });
    const lost = world({ results: results.slice(1), item: { ...STILL, requeues: MAX_REQUEUES } });
    await lost.handle(EVENT);
    expect(lost.requests.the()).toMatchObject({ download_count: 4, failed_count: 2, ...told });
  });

  it("ends the instances of a request whose time is up before it reads the results, which may take minutes or fail", async () => {
    const { handle, fleet } = world({
      item: { timeout_at: PAST },
      fault: (call) => (call === "results.of" ? "before" : undefined),
    });
    await expect(handle(EVENT)).rejects.toThrow("results.of");
    expect(fleet.capacity).toBe(0);
  });

  it("lets nobody else request a check while it goes on, and everybody afterwards", async () => {
    const open: boolean[] = [];
    const w: ReturnType<typeof world> = world({
      // It leads to nothing: one result is missing, and the request has moved a moment ago.
      results: resultsBut(`SIN2-P1#${A}`),
      fault: (call) => {
        if (call === "results.of" || call === "progress.correct") open.push(w.settlements.open.has("r1"));
        return undefined;
      },
    });
    w.settlements.open.set("r1", Date.now());
    await w.handle(EVENT);
    expect(open).toEqual([true, true]);
    expect(w.settlements.open.has("r1")).toBe(false);
  });

  it("puts the counters of outcomes right, too", async () => {
    const results = resultsBut(`SIN2-P1#${A}`).map((it) => ({ ...it, outcome: "warm" as const }));
    const { handle, progress } = world({ results, item: { download_count: 0, expire_at: 1_800_000_444 } });
    progress.set("r1", { count: count(4, 20, 0, { warm_count: 1, hit_count: 2 }) });
    await handle(EVENT);
    expect((await progress.of("r1")).count).toEqual(count(3, 20, 0, { warm_count: 3 }));
    // They are kept as long as the request.
    expect(progress.expiries).toEqual([["correct", 1_800_000_444]]);
  });

  it("stores the verdict, the failures by reason and the file of all results when the request ends", async () => {
    const refused = { ok: false, bytes: 0, reason: "http_4xx", error: "HTTP 403", http_status: 403 } as const;
    const failed = result("SIN2-P1", A, refused);
    const w = world({ results: [...resultsBut(failed.pop_url), failed] });
    w.lists.objects["r1/failed_urls.csv"] = [["https://cdn.example.com/gone", "HTTP 404", "", "http_4xx", "404"]];
    await w.handle(EVENT);
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

  describe("of which most URLs could not be read, and all others are good at all POPs", () => {
    const unreadable = Array.from({ length: 98 }, (_, i) => [`https://cdn.example.com/${i}`, "HTTP 500"]);
    async function settled() {
      const w = world();
      w.requestPops.items.delete(`r1/${targetKey("XXX1-P1", LABEL)}`);
      w.lists.objects["r1/failed_urls.csv"] = unreadable;
      await w.handle(EVENT);
      return w.requests.the();
    }

    it("counts them", async () => {
      const readiness = { unreadable_urls: 98, cold_objects: 0, lacking_pops: 2, unresolved_pops: 0, urls: 100 };
      expect(await settled()).toMatchObject({ status: "FINISHED", download_count: 4, failed_count: 0, readiness });
    });

    it("is not ready", async () => {
      expect((await settled()).verdict).toBe("not_ready");
    });
  });

  it("counts what was given up among the failures, with all its POPs and URLs", async () => {
    const missing = [`SIN2-P1#${A}`, `FRA56-P4#${B}`];
    const w = world({ item: { ...STILL, requeues: MAX_REQUEUES }, results: resultsBut(...missing) });
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", failed_count: 2 });
    expect(w.lists.objects["r1/failures.csv"]?.[0]?.slice(0, 4)).toEqual(["lost", "2", "2", "2"]);
    expect(w.lists.lines().filter((line) => line.includes("no agent finished it"))).toHaveLength(2);
  });

  it("ends a request whose counts cannot reach the total, once it is given up", async () => {
    const { handle, requests, calls } = world({ item: { ...STILL, total_count: 5, requeues: MAX_REQUEUES } });
    await handle(EVENT);
    expect(calls.filter((call) => call === "results.of")).toHaveLength(1);
    expect(requests.the()).toMatchObject({ status: "FINISHED", download_count: 4, failed_count: 0 });
  });

  it.each([
    [
      "damaged",
      [
        [A, "10"],
        ["https://x", "abc"],
      ],
      "'https://x,abc' is not a URL and its bytes",
    ],
    ["gone", undefined, "no r1/success_urls.csv"],
  ])("ends a request whose list of URLs is %s, with the reason", async (_, rows, why) => {
    for (const [timeout_at, status] of [
      [PAST, "TIMEOUT"],
      [formatTimestamp(Date.now() + 60_000), "FAILED"],
    ] as const) {
      const { handle, requests, lists, report } = world({ item: { timeout_at, download_count: 4 } });
      if (rows === undefined) delete lists.objects["r1/success_urls.csv"];
      else lists.objects["r1/success_urls.csv"] = rows;
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status, reason: `the list of its good URLs cannot be read: ${why}` });
      expect(requests.the().active).toBeUndefined();
      // Its end calls Shutdown again.
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ closed: true, report: "r1/report.csv", download_count: 4 });
      expect(report()).toEqual([HEADER]);
    }
  });

  it("reads no results where nothing is to be done", async () => {
    for (const [available, inFlight] of [
      [1, 0],
      [0, 1],
    ] as const) {
      const { handle, requests, queue, calls } = world({ results: resultsBut(`SIN2-P1#${A}`), item: STILL });
      if (available > 0) queue.messages = [taskMessageSchema.parse(message("NRT57-P3", A))];
      queue.inFlight = inFlight;
      await handle(EVENT);
      const { empty_seen_at, ...item } = requests.the();
      expect(item).toMatchObject({ status: "IN_PROGRESS", active: "y", requeues: 0 });
      // The queue is not empty: what was seen before counts no more.
      expect(empty_seen_at).toBeUndefined();
      expect(queue.messages).toHaveLength(available);
      expect(calls).not.toContain("results.of");
    }
  });

  it("goes on where counters say that all is done and it is not, and puts them right", async () => {
    const { handle, requests, progress, queue } = world({ results: resultsBut(`SIN2-P1#${A}`) });
    progress.set("r1", { count: count(6, 99, 1) });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y", requeues: 0 });
    expect((await progress.of("r1")).count).toEqual(count(3, 20, 0));
    expect(queue.messages).toEqual([]);
  });

  it("leaves counters that move during the recount as they are: nobody can tell by how much", async () => {
    const w: ReturnType<typeof world> = world({
      results: resultsBut(`SIN2-P1#${A}`),
      fault: (call) => {
        if (call === "results.of") w.progress.set("r1", { count: count(1, 7, 0) });
        return undefined;
      },
    });
    await w.handle(EVENT);
    expect(w.calls).not.toContain("progress.correct");
  });

  it("leaves a download that lasts for hours to its agent", async () => {
    const { handle, requests, progress, calls } = world({ item: STILL, results: resultsBut(`SIN2-P1#${A}`) });
    const heartbeat = { instance: "i-1", worker: "1", at: Date.now() - 20_000, tasks: 1, bytes: 5e9 };
    progress.set("r1", { heartbeats: [{ ...heartbeat, bytes_per_second: 1e6, tasks_per_second: 0 }] });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", requeues: 0 });
    expect(calls).not.toContain("results.of");
  });

  it("leaves a paused request alone, for however long", async () => {
    const { handle, requests, calls } = world({ item: { ...STILL, instance_count: 0 } });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", requeues: 0 });
    expect(calls).not.toContain("results.of");
  });

  it("checks an empty queue twice, a minute apart", async () => {
    const { empty_seen_at: _, ...still } = STILL;
    const w = world({ results: resultsBut(`SIN2-P1#${A}`), item: still });
    await w.handle(EVENT);
    expect([w.checkDelays(), w.queue.messages]).toEqual([[60], []]);
    expect(w.requests.the()).toMatchObject({ requeues: 0, last_update_time: STILL.last_update_time });
    // Another check, which comes early, does not begin the wait again.
    w.later(39_000);
    await w.handle(EVENT);
    expect(w.checkDelays()).toEqual([21]);
    w.later(21_001);
    await w.handle(EVENT);
    expect([w.queue.messages.length, w.requests.the().requeues]).toEqual([1, 1]);
  });

  it("waits itself for a check that is due within 20 seconds, and invokes itself then", async () => {
    const { empty_seen_at: _, ...still } = STILL;
    const w = world({ results: resultsBut(`SIN2-P1#${A}`), item: still, stallSeconds: 30 });
    const before = w.now();
    await w.handle(EVENT);
    expect([w.now() - before, w.shutdown.requests, w.checkDelays()]).toEqual([2_000, ["r1"], []]);
    expect(w.calls.indexOf("shutdown.invoke")).toBeLessThan(w.calls.indexOf("settlements.clear"));
  });

  it("schedules a check that is due soon if the run has no time left to wait", async () => {
    const { empty_seen_at: _, ...still } = STILL;
    const w = world({ item: { ...still, download_count: 3 }, stallSeconds: 30, runMs: 121_000 });
    await w.handle(EVENT);
    expect([w.shutdown.requests, w.checkDelays()]).toEqual([[], [20]]);
  });

  it("queues what is lost again: that, and no more", async () => {
    const results = resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${B}`);
    const { handle, requests, queue, progress } = world({ results, item: STILL });
    await handle(EVENT);
    expect(queue.messages).toEqual([
      message("SIN2-P1", A, { bytes: 10 }),
      message("FRA56-P4", B, { ips: ["192.0.2.9"], bytes: null }),
    ]);
    for (const body of queue.messages) expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", requeues: 1 });
    expect(requests.the().empty_seen_at).toBeUndefined();
    expect((await progress.of("r1")).count).toMatchObject({ download_count: 2, download_size: 15 });
  });

  it("queues it under the first in line of those that miss it, where one POP of a REC leads the others", async () => {
    const singapore = ["SIN2-P1", "HKG1-P1", "BKK50-C2"];
    const results = [...resultsBut(`SIN2-P1#${A}`), result("HKG1-P1", B), result("BKK50-C2", B)];
    const w = world({
      results,
      item: { ...STILL, total_count: 8, order: "lead-first", pops: ["FRA56-P4", ...singapore] },
    });
    await w.requestPops.put(singapore.slice(1).map((pop) => target(pop)));
    await w.handle(EVENT);
    expect(w.queue.messages).toMatchObject([{ urls: [{ url: A, bytes: 10 }], again: true }]);
    const [lead] = w.queue.messages;
    expect(lead?.followers).toHaveLength(2);
    expect([lead?.pop, ...(lead?.followers ?? []).map(({ pop }) => pop)].toSorted()).toEqual(singapore.toSorted());
    expect(lead?.followers).toContainEqual({ pop: "BKK50-C2", ips: ["192.0.2.1"] });
  });

  it("queues it without leads the last time: nobody waits for anybody", async () => {
    const results = resultsBut(`SIN2-P1#${A}`);
    const pops = ["SIN2-P1", "FRA56-P4", "HKG1-P1"];
    const last = { ...STILL, pops, total_count: 5, requeues: MAX_REQUEUES - 1, order: "lead-first" } as const;
    const w = world({ results: [...results, result("HKG1-P1", B)], item: last });
    await w.requestPops.put([target("HKG1-P1")]);
    await w.handle(EVENT);
    expect(w.queue.messages.map(({ pop, followers }) => [pop, followers])).toEqual([
      ["SIN2-P1", undefined],
      ["HKG1-P1", undefined],
    ]);
  });

  it("queues it once when two checks run at the same time", async () => {
    const { handle, requests, queue } = world({ results: resultsBut(`SIN2-P1#${A}`), item: STILL });
    await Promise.all([handle(EVENT), handle(EVENT)]);
    expect([queue.messages.length, requests.the().requeues]).toEqual([1, 1]);
    // And then waits for as long as before.
    await handle(EVENT);
    expect([queue.messages.length, requests.the().requeues]).toEqual([1, 1]);
  });

  it("queues it again while others keep the queue full, once nothing has come of it for long", async () => {
    const w = world({ results: resultsBut(`SIN2-P1#${A}`), item: STILL, others: [OTHER] });
    w.queue.inFlight = 3;
    const heartbeat = { instance: "i-1", worker: "1", at: Date.now() + 600_000, tasks: 1, bytes: 0 };
    w.progress.set("r2", { heartbeats: [{ ...heartbeat, bytes_per_second: 0, tasks_per_second: 0 }] });
    await w.handle(EVENT);
    expect(w.requests.the().requeues).toBe(0);
    w.later(601_000);
    await w.handle(EVENT);
    expect([w.queue.messages.length, w.requests.the().requeues]).toEqual([1, 1]);
  });

  it("gives up what was lost often enough: it counts as failed and stands in the report, and no result is written", async () => {
    const { handle, requests, table, report, queue } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { ...STILL, requeues: MAX_REQUEUES, shards: 7 },
    });
    await handle(EVENT);
    const error = "lost: no agent finished it, though it was queued 3 times";
    expect(table.items).toHaveLength(3);
    expect(requests.the()).toMatchObject({ status: "FINISHED", download_count: 4, download_size: 20, failed_count: 1 });
    expect(report()).toEqual([HEADER, reported("SIN2-P1", A, error, "", "", "", "0")]);
    expect(queue.messages).toEqual([]);
  });

  describe("of which more tasks have failed than its caller allows", () => {
    const failed = (pop: string, url: string, error: string, reason: "http_4xx" | "tls") =>
      result(pop, url, { ok: false, bytes: 0, error, reason });
    const results = [
      failed("SIN2-P1", A, "HTTP 403", "http_4xx"),
      failed("FRA56-P4", A, "CERT_HAS_EXPIRED", "tls"),
      failed("SIN2-P1", B, "HTTP 404", "http_4xx"),
    ];
    const why =
      "max_failures: 3 tasks have failed, and the request allows 2; most of them, 2 by http_4xx, such as HTTP 403 for " +
      `${A} at SIN2-P1`;

    it("ends as FAILED, with the commonest failure as its reason, and reports the failed and what has no result", async () => {
      const w = world({ results, item: { max_failures: 2, download_count: 3, failed_count: 3 } });
      w.queue.messages = [taskMessageSchema.parse(message("FRA56-P4", B))];
      await w.handle(EVENT);
      expect(w.requests.the()).toMatchObject({
        status: "FAILED",
        reason: why,
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

    it("ends so as well when every task has a result: the order of the checks does not matter", async () => {
      const { handle, requests } = world({ results: [...results, result("FRA56-P4", B)], item: { max_failures: 2 } });
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status: "FAILED", reason: why, download_count: 4 });
    });

    it("goes on where only the counters say so, and these are put right", async () => {
      const item = { max_failures: 3, download_count: 0 };
      const { handle, requests, progress } = world({ results, item });
      progress.set("r1", { count: count(3, 0, 4) });
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y" });
      expect((await progress.of("r1")).count).toEqual(count(3, 0, 3));
    });

    it("ends so when what was lost is too much, and says that", async () => {
      const item = { ...STILL, requeues: MAX_REQUEUES, max_failures: 0 };
      const { handle, requests } = world({ results: resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${A}`), item });
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status: "FAILED", download_count: 4, failed_count: 2 });
      expect(requests.the().reason).toMatch(
        /^max_failures: 2 .* allows 0; most of them, 2 by lost, such as lost: no agent/,
      );
    });

    it("has results of variants each counted for itself", async () => {
      const rows = ["br", "gzip"].map((variant) => [A, "10", variant]);
      const item = { variants: ["br", "gzip"].map((name) => ({ name, header: [`X: ${name}`] })) };
      const of = (pop: string, variant: string, ok: boolean) =>
        result(pop, A, { pop_url: `${pop}#${A}#${variant}`, variant, ok, ...(ok ? {} : { error: "HTTP 406" }) });
      const all = ["SIN2-P1", "FRA56-P4"].flatMap((pop) => [of(pop, "br", true), of(pop, "gzip", false)]);
      const w = world({ results: all, item });
      w.lists.objects["r1/success_urls.csv"] = rows;
      await w.handle(EVENT);
      expect(w.requests.the()).toMatchObject({ status: "FINISHED", download_count: 4, failed_count: 2 });
      expect(
        w
          .report()
          ?.slice(1)
          .map((row) => [row[0], row[1], row[2], row[7]]),
      ).toEqual([
        ["SIN2-P1", A, "HTTP 406", "gzip"],
        ["FRA56-P4", A, "HTTP 406", "gzip"],
      ]);
    });
  });

  it("ends a request whose time is up, and reports what has no result", async () => {
    const { handle, requests, report, queue } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { timeout_at: PAST, download_count: 3 },
    });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({
      status: "TIMEOUT",
      download_count: 3,
      failed_count: 0,
      report: "r1/report.csv",
    });
    const why = "no result: the request ended before an agent finished it";
    expect(report()).toEqual([HEADER, reported("SIN2-P1", A, why, "", "", "", "0")]);
    expect(queue.messages).toEqual([]);
  });

  it("does not change how a request ended that was stopped meanwhile", async () => {
    const w: ReturnType<typeof world> = world({
      fault: (call) => {
        if (call === "queue.messageCount")
          w.requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await w.handle(EVENT);
    expect(w.requests.the()).toEqual(request({ status: "STOPPED", active: undefined }));
  });
});

function message(pop: string, url: string, { ips = ["192.0.2.1"], bytes = 10 as number | null } = {}) {
  return {
    req_id: "r1",
    pop,
    ips,
    host: DOMAIN,
    header: [],
    verify: "edge",
    shards: 1,
    urls: [{ url, bytes }],
    again: true,
  };
}
