import { describe, expect, it } from "vitest";
import { LISTS } from "../../../domain/plan/lists.ts";
import { reasonText } from "../../../domain/readiness/reasons.ts";
import { minuteOf } from "../../../domain/request/samples.ts";
import type { Count } from "../../../domain/result/count.ts";
import { parseTimestamp } from "../../../domain/timestamps.ts";
import { quoted } from "../../../domain/validation/api-error.ts";
import { batchCount, count, heartbeat, LABEL, request, target } from "../items.ts";
import { BODY, STAMP, world } from "./world.ts";

describe("GET /prewarm", () => {
  const totals = { total_count: 16, total_size: 249_760 };
  const counted = count(14, 137_368, 5, { warm_count: 3, hit_count: 6, not_kept_count: 4 });
  const { rec_miss_count: _r, ...told } = withoutWarnings(counted);
  const body = {
    request_id: "r1",
    ...totals,
    ...told,
    in_progress_size: 0,
    percentage_complete: 55,
    available_task_count: 2,
    in_progress_task_count: 0,
    bytes_per_second: 0,
    instances_at_work: 0,
    estimated_finish_at: null,
    created_at: "2024-04-16 03:10:21.405000",
    last_update_time: "2024-04-16 03:11:53.531000",
    timestamp: STAMP,
    instance_count: 3,
    timeout_at: "2999-01-01 00:00:00.000000",
    url_count: 5,
    url_prefix: "",
    pop_count: 2,
    verify: "edge",
    order: "all-at-once",
    warnings: [{ code: "no_tier", count: 6, message: expect.stringContaining("Server-Timing"), examples: [] }],
  };

  it("of an active request: its counters, and what agents do for it now", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", ...totals }));
    await progress.correct("r1", counted);
    await progress.putLastResultTime("r1", Date.parse("2024-04-16T03:12:20Z"));
    await progress.writeHeartbeat("r1", heartbeat({ at: Date.parse("2024-04-16T03:12:15Z") }));
    expect(await call("GET /prewarm", undefined, { req_id: "r1" })).toEqual({
      status: 200,
      body: {
        ...body,
        status: "IN_PROGRESS",
        last_update_time: "2024-04-16 03:12:20.000000",
        percentage_complete: 59,
        in_progress_size: 10_000,
        bytes_per_second: 1_000,
        instances_at_work: 1,
        available_task_count: 0,
        in_progress_task_count: 2,
        estimated_finish_at: "2024-04-16 03:12:45.388000",
        sentence: expect.stringMatching(/^On time: about 30 s left, [\d,]+ days/),
      },
    });
  });

  it("of which no percentage is told that is lower than one before, also once it has ended", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", ...totals }));
    const percentage = async () =>
      (await call("GET /prewarm", undefined, { req_id: "r1" })).body["percentage_complete"];
    await progress.correct("r1", counted);
    await progress.writeHeartbeat("r1", heartbeat({ at: Date.parse("2024-04-16T03:12:15Z") }));
    expect(await percentage()).toBe(59);
    // The agent is killed: what it had downloaded is lost.
    progress.set("r1", { heartbeats: [] });
    expect(await percentage()).toBe(59);
    await requests.end("r1", "STOP");
    expect(await percentage()).toBe(59);
  });

  it("is answered as before, and logged, if the percentage cannot be noted", async () => {
    const { call, requests, progress, warnings } = world((name) =>
      name === "requests.recordReportedPercentage" ? "before" : undefined,
    );
    await requests.put(request({ status: "IN_PROGRESS", ...totals }));
    await progress.correct("r1", counted);
    for (const route of ["GET /prewarm", "GET /requests"]) {
      const { status, body: answer } = await call(route, undefined, route === "GET /prewarm" ? { req_id: "r1" } : null);
      expect([status, JSON.stringify(answer)]).toEqual([200, expect.stringContaining('"percentage_complete":55')]);
    }
    expect(warnings.map(([message]) => message)).toEqual(Array(2).fill("Recording percentage_complete failed"));
  });

  it("and GET /requests tell no percentage that is lower than what the other told", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", ...totals }));
    await progress.correct("r1", counted);
    await progress.writeHeartbeat("r1", heartbeat({ at: Date.parse("2024-04-16T03:12:15Z") }));
    const listed = async () => JSON.stringify((await call("GET /requests")).body);
    expect(await listed()).toContain('"percentage_complete":59');
    progress.set("r1", { heartbeats: [] });
    expect(await listed()).toContain('"percentage_complete":59');
    expect((await call("GET /prewarm", undefined, { req_id: "r1" })).body["percentage_complete"]).toBe(59);
  });

  it("of one that was stopped and is not recounted yet: the counts that were told before", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", ...totals }));
    await progress.correct("r1", counted);
    const told = async () => {
      const { download_count, download_size } = (await call("GET /prewarm", undefined, { req_id: "r1" })).body;
      return { download_count, download_size };
    };
    const before = await told();
    expect(before.download_count).toBeGreaterThan(0);
    await requests.end("r1", "STOP");
    expect(await told()).toEqual(before);
  });

  it("of one that has ended: its item's exact counts, and nothing else is asked", async () => {
    const { call, calls, requests } = world();
    await requests.put(request({ status: "STOPPED", active: undefined, verdict: "not_ready", ...totals, ...counted }));
    const answer = await call("GET /prewarm", undefined, { req_id: "r1" });
    expect(answer).toEqual({
      status: 200,
      body: {
        ...body,
        status: "STOPPED",
        verdict: "not_ready",
        sentence: "Stopped at 55%. 2 tasks not tried. 5 tasks failed.",
      },
    });
    expect(calls.filter((name) => name !== "requests.put")).toEqual(["requests.get"]);
  });
});

describe("what is worth a warning", () => {
  const odd = count(4, 40, 0, { uncompressed_count: 3, rec_miss_count: 2 });
  const css = "https://cdn.example.com/a.css (br)";
  const expected = [
    { code: "not_compressed", count: 3, message: expect.stringContaining("Content-Encoding"), examples: [css] },
    { code: "rec_wrong", count: 2, message: expect.stringContaining("regional cache"), examples: ["FRA56-P4: 2"] },
  ];

  it("is told with examples, while the request runs and after its end", async () => {
    const { call, calls, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 6 }));
    const blocks = new Map([[0, new Map([[1, odd]])]]);
    await progress.add("r1", batchCount({ total: odd, shard: 0, blocks, uncompressed: [css] }), "token");
    const active = await call("GET /prewarm", undefined, { req_id: "r1" });
    expect(active.body["warnings"]).toEqual(expected);
    requests.items.set("r1", request({ status: "FINISHED", active: undefined, total_count: 6, ...odd }));
    expect((await call("GET /prewarm", undefined, { req_id: "r1" })).body["warnings"]).toEqual(expected);
    expect(calls.filter((name) => name === "progress.pops")).toHaveLength(2);
  });

  it("costs nothing where there is none: POPs are not read", async () => {
    const { call, calls, requests } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 6 }));
    expect((await call("GET /prewarm", undefined, { req_id: "r1" })).body["warnings"]).toEqual([]);
    expect(calls).not.toContain("progress.pops");
  });
});

describe("GET /prewarm with detail=pops", () => {
  it("adds a row a POP", async () => {
    const { call, requests, requestPops, progress } = world();
    const item = request({ status: "IN_PROGRESS", total_count: 4, total_size: 40, targets_total: 1 });
    await requests.put({ ...item, pops: ["SIN2-P1", "XXX1-P1"], tasks_per_target: { [LABEL]: 4 } });
    await requestPops.put([target("SIN2-P1"), target("XXX1-P1", { state: "FAILED" })]);
    const done = count(3, 20, 1, { warm_count: 2, not_kept_count: 1 });
    await progress.add(
      "r1",
      batchCount({ total: done, shard: 0, blocks: new Map([[0, new Map([[0, done]])]]) }),
      "token",
    );
    const { status, body } = await call("GET /prewarm", undefined, { req_id: "r1", detail: "pops" });
    expect([status, body["download_count"]]).toEqual([200, 3]);
    const told = withoutWarnings(done);
    const nothing = withoutWarnings(count(0, 0, 0));
    expect(body["pops"]).toEqual([
      { pop: "SIN2-P1", rec: "Singapore", state: "IN_PROGRESS", total_count: 4, ...told },
      {
        pop: "XXX1-P1",
        rec: null,
        state: "NOT_RESOLVED",
        total_count: 0,
        ...nothing,
      },
    ]);
  });

  it.each(["", "POPS", "pops,", "x".repeat(500)])(
    "another detail is a 400 that names those that there are: %j",
    async (detail) => {
      const { call, calls } = world();
      const { status, body } = await call("GET /prewarm", undefined, { req_id: "r1", detail });
      expect(status).toBe(400);
      expect(body["error_message"]).toBe(
        `Unknown detail ${quoted(detail.replace("pops,", ""))}; use one of 'pops', 'failures', 'samples', 'urls'`,
      );
      expect(calls).toEqual([]);
    },
  );
});

describe("what every route has in common", () => {
  const failed = (error_message: unknown) => ({ status: "Failed", error_message, timestamp: STAMP });

  it.each(["GET /prewarm", "GET /summary"])("%s: a missing req_id is 400, an unknown one 404", async (route) => {
    const { call } = world();
    const missing = { status: 400, body: failed("req_id: is required in the query string") };
    expect(await call(route)).toEqual(missing);
    expect(await call(route, undefined, { req_id: "" })).toEqual(missing);
    expect(await call(route, undefined, { other: "r1" })).toEqual(missing);
    expect(await call(route, undefined, { req_id: "r9" })).toEqual({
      status: 404,
      body: failed("req_id: there is no request 'r9'"),
    });
  });

  it.each(["x\ud800", "x\u0000", "x".repeat(201), "a b", "é"])(
    "an id that can be none is not looked up: %j",
    async (req_id) => {
      const { call, calls } = world();
      expect((await call("GET /prewarm", undefined, { req_id })).status).toBe(404);
      expect((await call("POST /instances", { DesiredCapacity: 0, req_id, force_stop: true })).status).not.toBe(200);
      expect(calls).toEqual([]);
    },
  );

  it("another route is 404 and says which there are", async () => {
    const { status, body } = await world().call("DELETE /prewarm");
    expect(status).toBe(404);
    expect(body).toEqual(failed(expect.stringMatching(/^Unknown route DELETE \/prewarm; use one of POST \/prewarm, /)));
  });

  const shapes: Record<string, readonly [unknown, string[]]> = {
    "POST /prewarm": [BODY, ["status", "error_message", "error_urls", "request_id", "timestamp", "timeout_at"]],
    "GET /prewarm": [undefined, ["status", "error_message", "timestamp"]],
    "GET /summary": [undefined, ["status", "error_message", "timestamp"]],
    "GET /pops": [undefined, ["status", "error_message", "timestamp"]],
    "POST /instances": [{ DesiredCapacity: 1 }, ["status", "message", "timestamp"]],
    "GET /instances": [undefined, ["status", "message", "timestamp"]],
  };
  it.each(Object.entries(shapes))(
    "%s: a fault of ours is 500 with the call's id, and no more of it",
    async (route, [body, fields]) => {
      const { call, errors } = world((_, n) => (n === 0 ? "before" : undefined));
      const answer = await call(route, body, { req_id: "r1" });
      expect(answer.status).toBe(500);
      expect(Object.keys(answer.body).sort()).toEqual([...fields].sort());
      const message = answer.body["error_message"] ?? answer.body["message"];
      expect(message).toBe("Internal error; the log has it under api-request-id");
      expect(JSON.stringify(answer.body)).not.toMatch(/Crash|\.ts|\bat /);
      expect(errors.at(-1)).toEqual([
        "API call failed",
        { route, api_request_id: "api-request-id", error: expect.objectContaining({ name: "Crash" }) },
      ]);
    },
  );
});

describe("GET /prewarm with detail=samples", () => {
  // Now is 03:12:21; the request was made at 03:10:21.
  const minute = (stamp: string) => minuteOf(parseTimestamp(stamp));
  const at = (stamp: string) => `2024-04-16 ${stamp}`;
  const samples = async (call: ReturnType<typeof world>["call"]) =>
    (await call("GET /prewarm", undefined, { req_id: "r1", detail: "samples" })).body["samples"];

  it("adds how it stood as each minute began, with what agents have not noted yet, and how it stands now", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 4 }));
    progress.set("r1", {
      count: count(3, 30, 1, { warm_count: 2 }),
      heartbeats: [heartbeat({ received: 7 }), heartbeat()],
    });
    await progress.putMinute("r1", minute(at("03:11:00")), count(0, 0, 0));
    await progress.putMinute("r1", minute(at("03:12:00")), count(1, 10, 0));
    await progress.addReceivedBytes("r1", minute(at("03:10:00")), 40);
    await progress.addReceivedBytes("r1", minute(at("03:11:00")), 60);
    const none = {
      download_size: 0,
      download_count: 0,
      failed_count: 0,
      warm_count: 0,
      hit_count: 0,
      not_kept_count: 0,
    };
    expect(await samples(call)).toEqual([
      { at: at("03:10:21.405000"), received_size: 0, ...none },
      { at: at("03:11:00.000000"), received_size: 40, ...none },
      // Not of 03:12:00: agents that heartbeat every ten seconds may have more of the minute before.
      {
        at: STAMP,
        received_size: 107,
        ...none,
        download_size: 30,
        download_count: 3,
        failed_count: 1,
        warm_count: 2,
      },
    ]);
  });

  it("keeps counts within the tasks that there are", async () => {
    const { call, requests, progress, passTime } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 4 }));
    await progress.putMinute("r1", minute(at("03:12:00")), count(9, 10, -1, { warm_count: 9 }));
    passTime(30_000);
    expect(await samples(call)).toContainEqual(
      expect.objectContaining({ at: at("03:12:00.000000"), download_count: 4, failed_count: 0, warm_count: 4 }),
    );
  });

  it("of one that has ended ends with it, exactly", async () => {
    const { call, requests, progress, passTime } = world();
    const exact = count(4, 40, 0, { hit_count: 4 });
    await requests.put(request({ status: "FINISHED", verdict: "ready", active: undefined, total_count: 4, ...exact }));
    await progress.putMinute("r1", minute(at("03:11:00")), count(0, 0, 0));
    await progress.addReceivedBytes("r1", minute(at("03:11:00")), 45);
    // An instance died before it had noted these.
    progress.set("r1", { heartbeats: [heartbeat({ received: 5 })] });
    passTime(86_400_000);
    expect(await samples(call)).toMatchObject([
      { at: at("03:10:21.405000"), received_size: 0, hit_count: 0 },
      { at: at("03:11:00.000000"), received_size: 0, hit_count: 0 },
      { at: at("03:11:53.531000"), received_size: 50, hit_count: 4 },
    ]);
  });

  it("is not read unless it is asked for", async () => {
    const { call, calls, requests } = world();
    await requests.put(request({ status: "FINISHED", active: undefined, total_count: 4, ...count(4, 40, 0) }));
    expect((await call("GET /prewarm", undefined, { req_id: "r1" })).body).not.toHaveProperty("samples");
    expect(calls).not.toContain("progress.minutes");
  });
});

describe("GET /prewarm with detail=failures", () => {
  const example = { url: "https://a.example/", pop: "SIN2-P1", error: "HTTP 403", http_status: 403 };
  const refused = { code: "http_4xx", subject: "task", tasks: 2, pops: 2, examples: [example] } as const;

  it("adds the failures by reason as far as they are counted, with what they mean; and the POPs if they are asked for", async () => {
    const { call, requests, progress } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 4 }));
    const failures = new Map([["http_4xx", { tasks: 2, pops: [0, 1] }]] as const);
    await progress.add("r1", batchCount({ total: count(2, 0, 2), shard: 0, blocks: new Map(), failures }), "token");
    await progress.putFailureExamples("r1", "http_4xx", [example]);
    const { body } = await call("GET /prewarm", undefined, { req_id: "r1", detail: "pops, failures" });
    expect(body["pops"]).toHaveLength(2);
    expect(body["failures"]).toEqual([{ ...refused, urls: null, ...reasonText("http_4xx", "en") }]);
  });

  it("adds input failures while the request runs, without a look at each URL that could not be read", async () => {
    const { call, requests, lists, requestPops } = world();
    await requests.put(request({ status: "IN_PROGRESS", total_count: 4 }));
    await requestPops.put([
      target("SIN2-P1"),
      target("FRA56-P4", { state: "FAILED", reason: "name_not_found", error: "no such name" }),
    ]);
    const ask = async () =>
      (await call("GET /prewarm", undefined, { req_id: "r1", detail: "failures" })).body["failures"];
    const dead = { code: "name_not_found", subject: "pop", tasks: 0, pops: 1 };
    // The sizes are not asked yet.
    expect(await ask()).toMatchObject([dead]);
    const gone = { url: "https://a.example/gone", error: "HTTP 404", http_status: 404 };
    const counts = { code: "http_4xx", subject: "url", tasks: 0, pops: 0, urls: 60_000 } as const;
    await lists.write(LISTS.failedUrlGroups, "r1", [{ ...counts, examples: [gone] }]);
    // There may be 480,000: one that is read would spoil the answer.
    lists.objects[LISTS.failedUrls.key("r1")] = [["https://a.example/other", "HTTP 500", "", "http_5xx", "500"]];
    expect(await ask()).toMatchObject([{ ...counts, examples: [gone] }, dead]);
  });

  it("is exact once the report stands, whatever was counted", async () => {
    const { call, requests, lists, progress } = world();
    await requests.put(request({ status: "FINISHED", active: undefined, report: "r1/report.csv", total_count: 4 }));
    await progress.putFailureExamples("r1", "tls", [example]);
    const failures = new Map([["tls", { tasks: 1, pops: [0] }]] as const);
    await progress.add("r1", batchCount({ total: count(1, 0, 1), shard: 0, blocks: new Map(), failures }), "token");
    const codes = async () => {
      const { body } = await call("GET /prewarm", undefined, { req_id: "r1", detail: "failures" });
      return body["failures"];
    };
    await lists.write(LISTS.failures, "r1", [{ ...refused, urls: 1, examples: [example] }]);
    expect(await codes()).toMatchObject([{ code: "http_4xx", tasks: 2, urls: 1 }]);
  });
});

/** What of a count is told by itself: the rest stands in warnings. */
function withoutWarnings(counted: Count) {
  const { no_age_count: _n, age_constant_count: _c, origin_age_count: _o, ...others } = counted;
  const { uncompressed_count: _u, size_changed_count: _s, ...told } = others;
  return told;
}
