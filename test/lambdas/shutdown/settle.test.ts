import { describe, expect, it } from "vitest";
import { taskKey } from "../../../domain/plan/task-key.ts";
import { messageBody, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { MAX_REQUEUES } from "../../../domain/request/settlement.ts";
import { formatTimestamp } from "../../../domain/request/timestamps.ts";
import { DOMAIN, request, result } from "../items.ts";
import { A, B, EVENT, HEADER, PAST, resultsBut, world } from "./world.ts";

describe("a recount that is due", () => {
  it("ends a request of which every task has a result: exact counts, and the report stands before the status", async () => {
    const { handle, requests, report, calls } = world({
      item: { download_count: 9, download_size: 999, failed_count: 7 },
    });
    await handle(EVENT);
    const { active, settle, ...item } = requests.the();
    expect([active, settle]).toEqual([undefined, undefined]);
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
      ["SIN2-P1", A, "HTTP 403", "403", "SIN2-P1", "abc==", "1"],
      ["FRA56-P4", B, 'reset, "by" peer', "", "", "", "3"],
    ]);
    expect(requests.the()).toMatchObject({ download_count: 4, download_size: 15, failed_count: 2 });
  });

  it("gives up once, not for ever, where the counts cannot reach the total", async () => {
    const { handle, requests, calls } = world({ item: { total_count: 5, requeues: MAX_REQUEUES } });
    await handle(EVENT);
    expect(calls.filter((call) => call === "lists.write")).toHaveLength(2);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y", requeues: MAX_REQUEUES });
    expect(requests.the().settle).toBeUndefined();
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
      [formatTimestamp(new Date(Date.now() + 60_000)), "FAILED"],
    ] as const) {
      const { handle, requests, lists, report } = world({ item: { timeout_at, download_count: 3 } });
      if (rows === undefined) delete lists.objects["r1/success_urls.csv"];
      else lists.objects["r1/success_urls.csv"] = rows;
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status, reason: `the list of its good URLs cannot be read: ${why}` });
      expect(requests.the().active).toBeUndefined();
      // Its end calls Shutdown again.
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ closed: true, report: "r1/report.csv", download_count: 3 });
      expect(report()).toEqual([HEADER]);
    }
  });

  it("lets a request go on while messages are on their way, with the counters put right", async () => {
    for (const [available, inFlight] of [
      [1, 0],
      [0, 1],
    ] as const) {
      const item = { download_count: 4 };
      const { handle, requests, queue } = world({ results: resultsBut(`SIN2-P1#${A}`), item });
      if (available > 0) queue.messages = [taskMessageSchema.parse(message("NRT57-P3", A))];
      queue.inFlight = inFlight;
      await handle(EVENT);
      expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y", download_count: 3, requeues: 0 });
      expect(requests.the().settle).toBeUndefined();
      expect(queue.messages).toHaveLength(available);
    }
  });

  it("queues what is lost again: that, and no more", async () => {
    const { handle, requests, queue } = world({ results: resultsBut(`SIN2-P1#${A}`, `FRA56-P4#${B}`) });
    await handle(EVENT);
    expect(queue.messages).toEqual([
      message("SIN2-P1", A, { bytes: 10 }),
      message("FRA56-P4", B, { ips: ["192.0.2.9"], bytes: null }),
    ]);
    for (const body of queue.messages) expect(taskMessageSchema.parse(JSON.parse(messageBody(body)))).toEqual(body);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", requeues: 1, download_count: 2, download_size: 15 });
    expect(requests.the().settle).toBeUndefined();
  });

  it("gives up what was lost often enough: failed results, and the request ends", async () => {
    const { handle, requests, table, report, queue } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { requeues: MAX_REQUEUES, shards: 7 },
    });
    await handle(EVENT);
    const error = "lost: no agent finished it, though it was queued 3 times";
    expect(table.items.at(-1)).toEqual({
      ...{ ...taskKey("r1", { pop: "SIN2-P1", url: A }, 7), req_id: "r1", pop: "SIN2-P1", url: A, ok: false },
      ...{ bytes: 0, ms: 0, attempts: 0, reason: "lost", error, expire_at: request().expire_at },
    });
    expect(requests.the()).toMatchObject({ status: "FINISHED", download_count: 4, download_size: 20, failed_count: 1 });
    expect(report()).toEqual([HEADER, ["SIN2-P1", A, error, "", "", "", "0"]]);
    expect(queue.messages).toEqual([]);
  });

  it("gives up thousands, a thousand at a time", async () => {
    const urls = Array.from({ length: 1_250 }, (_, i) => [`https://cdn.example.com/${i}`, "1"]);
    const w = world({ results: [], item: { requeues: MAX_REQUEUES, total_count: 2_500 } });
    w.lists.objects["r1/success_urls.csv"] = urls;
    await w.handle(EVENT);
    expect(w.calls.filter((call) => call === "results.putIfAbsent")).toHaveLength(3);
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", download_count: 2_500, failed_count: 2_500 });
  });

  it("ends a request whose time is up, and reports what has no result", async () => {
    const { handle, requests, report, queue } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { timeout_at: PAST },
    });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({
      status: "TIMEOUT",
      download_count: 3,
      failed_count: 0,
      report: "r1/report.csv",
    });
    const why = "no result: the request ended before an agent finished it";
    expect(report()).toEqual([HEADER, ["SIN2-P1", A, why, "", "", "", "0"]]);
    expect(queue.messages).toEqual([]);
  });

  it("does not change how a request ended that was stopped meanwhile", async () => {
    const w: ReturnType<typeof world> = world({
      fault: (call) => {
        if (call === "queue.depth") w.requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await w.handle(EVENT);
    expect(w.requests.the()).toEqual(request({ status: "STOPPED", active: undefined }));
  });
});

function message(pop: string, url: string, { ips = ["192.0.2.1"], bytes = 10 as number | null } = {}) {
  return { req_id: "r1", pop, ips, host: DOMAIN, header: [], shards: 1, urls: [{ url, bytes }] };
}
