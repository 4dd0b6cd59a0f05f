import { ApiError } from "../../../domain/validation/api-error.ts";
import { errorBody } from "../../../lambdas/api/handler.ts";
import { times } from "../../collect.ts";
import { batchCount, count, heartbeat, request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { BODY, NOTHING, READ_KEY_ID, refusalOf, STAMP, withoutWarnings, world } from "./world.ts";

describe("GET /prewarm", () => {
  const totals = { total_count: 16, total_size: 249_760 };
  const counted = count(14, 137_368, 5, { warm_count: 3, hit_count: 6, no_tier_count: 6, not_kept_count: 4 });
  const told = withoutWarnings(counted);
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
    percentage_of: "bytes",
    verify: "edge",
    downloads: "auto",
    scope: "pop",
    warnings: [{ code: "no_tier", count: 6, message: expect.stringContaining("Server-Timing"), examples: [] }],
  };

  /** A running request with these counters. */
  function running(fault = failing(), heartbeats = [heartbeat({ at: Date.parse("2024-04-16T03:12:15Z") })]) {
    const w = world({ items: [request({ status: "IN_PROGRESS", ...totals })], fault });
    w.progress.set("r1", { count: counted, heartbeats, lastResultAt: Date.parse("2024-04-16T03:12:20Z") });
    return w;
  }

  it("of an active request: its counters, and what agents do for it now", async () => {
    expect(await running().get("prewarm")).toEqual({
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
        estimated_finish_at: "2024-04-16 03:12:25.046000",
        sentence: expect.stringMatching(/^On time: about 10 s left\. Ends [\d,]+ d /),
      },
    });
  });

  it("of an active request: the tasks that wait for their next attempt, with the reason and the time", async () => {
    const example = { url: "https://a.example/", pop: "SIN2-P1", error: "HTTP 503", http_status: 503 };
    const until = Date.parse("2024-04-16T03:13:30Z");
    const { get } = running(failing(), [
      heartbeat({ tasks: 0, retrying: [{ code: "http_5xx", tasks: 2, until, example }] }),
    ]);
    expect((await get("prewarm")).body).toMatchObject({
      retrying: [
        {
          code: "http_5xx",
          title: "Server error (5xx)",
          tasks: 2,
          next_attempt_by: "2024-04-16 03:13:30.000000",
          examples: [example],
        },
      ],
      sentence: expect.stringMatching(/^2 tasks wait up to \d+ (s|min) for the next attempt: HTTP 503\.$/),
    });
  });

  it("and GET /requests tell no percentage that is lower than one before, also once it has ended", async () => {
    const { get, requests, progress } = running();
    const percentages = async () => {
      const { requests: listed } = (await get("requests")).body as { requests: { percentage_complete: number }[] };
      return [...listed, (await get("prewarm")).body].map((it) => it["percentage_complete"]);
    };
    expect(await percentages()).toEqual([59, 59]);
    // The agent is killed: what it had downloaded is lost.
    progress.set("r1", { heartbeats: [] });
    expect(await percentages()).toEqual([59, 59]);
    await requests.end("r1", "STOP");
    expect(await percentages()).toEqual([59, 59]);
  });

  it("is answered as before, and logged, if the percentage cannot be noted", async () => {
    const { get, logger } = running(failing("requests.recordReportedPercentage"), []);
    for (const route of ["prewarm", "requests"]) {
      const { status, body: answer } = await get(route);
      expect([status, JSON.stringify(answer)]).toEqual([200, expect.stringContaining('"percentage_complete":55')]);
    }
    expect(logger.warnings.map(([message]) => message)).toEqual(Array(2).fill("Recording percentage_complete failed"));
  });

  it("of one that was stopped and is not recounted yet: the counts that were told before", async () => {
    const { get, requests } = running();
    await requests.end("r1", "STOP");
    const { download_count, download_size } = (await get("prewarm")).body;
    expect({ download_count, download_size }).toEqual({ download_count: 14, download_size: 137_368 });
  });

  it("of one that has ended: its item's exact counts, and nothing else is asked", async () => {
    const { get, calls } = world({
      items: [request({ status: "STOPPED", active: undefined, verdict: "not_ready", ...totals, ...counted })],
    });
    expect(await get("prewarm")).toEqual({
      status: 200,
      body: {
        ...body,
        status: "STOPPED",
        verdict: "not_ready",
        sentence: "Stopped at 55% of the bytes. 2 tasks were not tried. 5 tasks failed.",
      },
    });
    expect(calls).toEqual(["requests.get"]);
  });

  it("warns with examples, while the request runs and after its end", async () => {
    const odd = count(4, 40, 0, { uncompressed_count: 3 });
    const css = "https://cdn.example.com/a.css (br)";
    const { get, requests, progress } = world({ items: [request({ status: "IN_PROGRESS", total_count: 6 })] });
    expect((await get("prewarm")).body["warnings"]).toEqual([]);
    await progress.add("r1", batchCount({ total: odd, shard: 0, uncompressed: [css] }), "token", 0);
    const warnings = [
      { code: "not_compressed", count: 3, message: expect.stringContaining("Content-Encoding"), examples: [css] },
    ];
    expect((await get("prewarm")).body["warnings"]).toEqual(warnings);
    requests.set(request({ status: "FINISHED", active: undefined, total_count: 6, ...odd }));
    expect((await get("prewarm")).body["warnings"]).toEqual(warnings);
  });
});

it.each(["prewarm", "summary"])(
  "what every route has in common GET /%s: a missing req_id is 400, an unknown one 404",
  async (path) => {
    const { get } = world();
    const body = (error_message: string) => ({ status: "Failed", error_message, timestamp: STAMP });
    const missing = { status: 400, body: body("req_id: is required in the query string") };
    expect(await get(path, { req_id: "" })).toEqual(missing);
    expect(await world().call(`GET /${path}`, undefined, { other: "r1" })).toEqual(missing);
    expect(await get(path, { req_id: "r9" })).toEqual({
      status: 404,
      body: body("req_id: there is no request 'r9'"),
    });
  },
);

it.each(["x\ud800", "x".repeat(201)])(
  "what every route has in common an id that can be none is not looked up: %j",
  async (req_id) => {
    const { call, get, calls } = world();
    expect((await get("prewarm", { req_id })).status).toBe(404);
    expect((await call("POST /instances", { DesiredCapacity: 0, req_id, force_stop: true })).status).not.toBe(200);
    expect(calls).toEqual([]);
  },
);

it("what every route has in common another route is 404 and says which there are", async () => {
  const refusal = refusalOf(await world().call("DELETE /prewarm"));
  expect(refusal).toMatch(/^404 Unknown route DELETE \/prewarm; use one of POST \/prewarm, /);
});

const SHAPE = ["status", "error_message", "timestamp"];
it.each([
  ["POST /prewarm", [...SHAPE, "error_urls", "request_id", "timeout_at"], BODY],
  ["GET /prewarm", SHAPE, undefined],
  ["POST /instances", ["status", "message", "timestamp"], { DesiredCapacity: 1 }],
])(
  "what every route has in common %s: a fault of ours is 500 with the call's id, and no more of it",
  async (route, fields, body) => {
    const { call, errors } = world({ fault: (_, n) => (n === 0 ? "before" : undefined) });
    const answer = await call(route, body, { req_id: "r1" });
    expect(refusalOf(answer)).toBe("500 Internal error; the log has it under api-request-id");
    expect(Object.keys(answer.body).toSorted()).toEqual(fields.toSorted());
    expect(JSON.stringify(answer.body)).not.toMatch(/Crash|\.ts|\bat /);
    expect(errors.at(-1)).toEqual([
      "API call failed",
      { route, api_request_id: "api-request-id", error: expect.objectContaining({ name: "Crash" }) },
    ]);
  },
);

describe("the API key of a call", () => {
  it("is logged by its ID with source address, method, path and status, also of a call that is refused", async () => {
    const { call, useKey, logger } = world();
    useKey("key-1");
    await call("GET /instances");
    await call("POST /prewarm", {});
    const told = { key_id: "key-1", source_address: "192.0.2.7", api_request_id: "api-request-id" };
    expect(logger.infos).toEqual([
      ["API call", { ...told, method: "GET", path: "/instances", status: 200 }],
      ["API call", { ...told, method: "POST", path: "/prewarm", status: 400 }],
    ]);
  });

  it("is shown by its ID with the request that it sent, and in the list", async () => {
    const { post, get, useKey, requests } = world();
    useKey("key-1");
    await post();
    useKey("key-2");
    expect(requests.the("new-id").key_id).toBe("key-1");
    expect((await get("prewarm", { req_id: "new-id" })).body["key_id"]).toBe("key-1");
    expect((await get("requests")).body["requests"]).toMatchObject([{ key_id: "key-1" }]);
  });

  it.each([
    ["POST /prewarm", BODY],
    ["POST /prewarm", { ...BODY, dry_run: true }],
    ["POST /instances", { DesiredCapacity: 0, req_id: "r1", force_stop: true }],
  ])("that is read-only is refused %s %j, which changes nothing", async (route, body) => {
    const { call, useKey, made, calls } = world({ items: [request()] });
    useKey(READ_KEY_ID);
    expect(refusalOf(await call(route, body))).toMatch(/^403 This API key is read-only/);
    expect([made(), calls]).toEqual([{ ...NOTHING, requests: ["r1"] }, []]);
  });

  it.each(["prewarm", "requests"])("that is read-only allows GET /%s", async (path) => {
    const { get, useKey } = world({ items: [request()] });
    useKey(READ_KEY_ID);
    expect((await get(path)).status).toBe(200);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ANSWER_BYTES = 6_000_000;
/** What Lambda is handed: the body is a string in it. */
const answerBytes = (body: object) =>
  Buffer.byteLength(JSON.stringify({ statusCode: 400, headers: {}, body: JSON.stringify(body) }));
const bodyOf = (urls: readonly string[]) => errorBody("POST /prewarm", new ApiError(400, "url_list: bad", urls), "now");

it("the bad URLs of a refusal are told all, as long as there is room", () => {
  const urls = times(60_000, (i) => `ftp://cdn.example.com/${i}`);
  expect(bodyOf(urls)).toMatchObject({ error_message: "url_list: bad", error_urls: urls });
});

it.each([["quotes and line breaks, which are escaped twice", '"\n'.repeat(4_000)]])(
  "the bad URLs of a refusal are cut to what an answer holds, which says so: %s",
  (_, filler) => {
    const urls = times(5_000, (i) => `${i} ${filler}`);
    const body = bodyOf(urls);
    const told = body["error_urls"] as string[];
    expect(answerBytes(body)).toBeLessThan(MAX_ANSWER_BYTES);
    expect(answerBytes(body)).toBeGreaterThan(MAX_ANSWER_BYTES * 0.8);
    expect(told).toEqual(urls.slice(0, told.length));
    expect(body["error_message"]).toBe(
      `url_list: bad; error_urls lists the first ${told.length} of 5000 invalid URLs, because a response is limited in size`,
    );
  },
);
