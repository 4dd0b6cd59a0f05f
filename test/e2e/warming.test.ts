// A request from POST to its report through the deployed stack: API, Lambda functions, queues, agents and the stand-in edge.
import { describe, expect, it } from "vitest";
import { askAgain } from "../../tools/local/results.ts";
import { DEAD_POP, FILES } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
const REPORT_HEADER =
  "pop,url,error,http_status,x_amz_cf_pop,x_amz_cf_id,attempts," +
  "variant,outcome,tier,address,addresses,rounds,first_byte_ms,age,encoding,source";

/** One of three POPs does not resolve. */
const NOT_READY = `Not ready for traffic: 1 of 4 URLs could not be read. 1 POP did not resolve (${DEAD_POP}).`;

describe("a request", () => {
  const running = deployedStack();

  it("goes from POST to FINISHED, and each answer has the documented fields", async () => {
    const stack = running();
    const paths = ["/index.html", "/js/shop.js", "/video/intro-1.ts"];
    const bytes = paths.reduce((sum, path) => sum + (FILES[path] ?? 0), 0);
    const missing = urls("/gone.html");
    const started = await stack.post(
      "prewarm",
      body({ url_list: [...urls(...paths), ...missing], pops: ["SIN2-C1", "ATL56-C1", DEAD_POP] }),
    );
    expect(started.status).toBe(200);
    expect(started.json).toEqual({
      status: "Success",
      error_message: "",
      error_urls: [],
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.stringMatching(TIME),
      timeout_at: expect.stringMatching(TIME),
    });
    const reqId = String(started.json["request_id"]);

    const early = await stack.call("GET", `summary?req_id=${reqId}`);
    expect(early.status).toBe(409);
    expect(early.json["error_message"]).toMatch(/The request is (CREATED|CHECK_POP|INSERT_TASK|IN_PROGRESS)/);

    const progress = await stack.until(reqId, "FINISHED");
    expect(progress).toEqual({
      request_id: reqId,
      download_size: 2 * bytes,
      total_size: 2 * bytes,
      percentage_complete: 100,
      available_task_count: 0,
      in_progress_task_count: 0,
      download_count: 6,
      failed_count: 0,
      warm_count: 6,
      hit_count: 0,
      not_kept_count: 0,
      total_count: 6,
      in_progress_size: 0,
      bytes_per_second: 0,
      instances_at_work: 0,
      estimated_finish_at: null,
      warnings: [],
      created_at: started.json["timestamp"],
      last_update_time: expect.stringMatching(TIME),
      timestamp: expect.stringMatching(TIME),
      status: "FINISHED",
      instance_count: expect.any(Number),
      timeout_at: started.json["timeout_at"],
      url_count: 4,
      url_prefix: "https://www.example.com/",
      pop_count: 3,
      verify: "edge",
      order: "lead-first",
      verdict: "not_ready",
      readiness: expect.objectContaining({ pops: 2, unreadable_urls: 1, unresolved_examples: [DEAD_POP] }),
      sentence: NOT_READY,
    });
    const summary = await stack.summary(reqId);
    expect(summary).toEqual({
      request_id: reqId,
      failure_pops: [DEAD_POP],
      failure_urls: missing,
      failure_urls_omitted: 0,
      total_count: 6,
      unfinished_count: 0,
      failed_count: 0,
      warm_count: 6,
      hit_count: 0,
      not_kept_count: 0,
      failure_pop_urls_report: expect.stringMatching(/^http/),
      results_url: expect.stringMatching(/^http/),
      verdict: "not_ready",
      readiness: progress["readiness"],
      sentence: NOT_READY,
      failures: [
        expect.objectContaining({ code: "http_4xx", subject: "url", tasks: 0, urls: 1 }),
        expect.objectContaining({
          subject: "pop",
          tasks: 0,
          pops: 1,
          examples: [expect.objectContaining({ pop: DEAD_POP })],
        }),
      ],
      timestamp: expect.stringMatching(TIME),
      created_at: started.json["timestamp"],
      last_update_time: expect.stringMatching(TIME),
      status: "FINISHED",
    });
    expect(await stack.report(reqId)).toEqual([
      REPORT_HEADER,
      expect.stringMatching(`^,${missing[0]},HTTP 404,404,`),
      expect.stringMatching(`^${DEAD_POP},,[^,]`),
    ]);
    const results = await stack.results(summary);
    expect(results.map(({ pop, url }) => `${pop} ${url}`).toSorted()).toEqual(
      ["SIN2-C1", "ATL56-C1"].flatMap((pop) => urls(...paths).map((url) => `${pop} ${url}`)).toSorted(),
    );
    expect(results.filter(({ ok, outcome, tier }) => `${ok} ${outcome} ${tier}` === "true warm EDGE")).toHaveLength(6);
    expect(await askAgain(stack.standIn, urls(...paths), ["SIN2-C1", "ATL56-C1"])).toEqual([]);
    await stack.untilAgents(0);
    expect(await stack.queued()).toBe(0);
    expect((await stack.inventory()).schedules).toBe(0);
  });

  it("reports each task that fails at a POP", async () => {
    const stack = running();
    stack.standIn.edge.addObject("/secret.bin", { size: 10 });
    stack.setFaults(({ method, path, pop }) =>
      method === "GET" && path === "/secret.bin" && pop === "CDG50-P1" ? { kind: "status", status: 403 } : undefined,
    );
    const reqId = await stack.start(
      body({ url_list: urls("/secret.bin", "/index.html"), pops: ["CDG50-P1", "CDG52-P2"] }),
    );
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      total_count: 4,
      download_count: 4,
      failed_count: 1,
      download_size: 10 + 2 * 1_000,
      total_size: 20 + 2 * 1_000,
      percentage_complete: 99,
    });
    const [header, row, ...more] = await stack.report(reqId);
    expect(header).toBe(REPORT_HEADER);
    expect(row).toMatch(
      /^CDG50-P1,https:\/\/www\.example\.com\/secret\.bin,HTTP 403,403,CDG50-P1,[^,]+,1,,failed,,127[^,]+,,,\d+,,,$/,
    );
    expect(more).toEqual([]);
    const refused = { code: "http_4xx", tasks: 1, pops: 1, urls: 1, examples: [{ pop: "CDG50-P1", http_status: 403 }] };
    expect((await stack.summary(reqId))["failures"]).toMatchObject([refused]);
    const { json } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=failures`);
    expect(json["failures"]).toMatchObject([refused]);
  });

  it("is rejected and leaves nothing behind without the key, and on a route that does not exist", async () => {
    const stack = running();
    const before = await stack.inventory();
    for (const key of ["", "wrong"])
      for (const [method, path, sent] of [
        ["POST", "prewarm", JSON.stringify(body())],
        ["GET", "prewarm?req_id=x"],
        ["GET", "summary?req_id=x"],
        ["POST", "instances"],
        ["GET", "instances"],
      ] as const) {
        const { status, json } = await stack.call(method, path, sent, key);
        expect([status, json["status"], json["message"]]).toEqual([
          403,
          "Failed",
          expect.stringContaining("x-api-key"),
        ]);
      }
    const unrouted = await stack.call("GET", "prewarms");
    expect([unrouted.status, unrouted.json["error_message"]]).toEqual([404, expect.stringContaining("GET /summary")]);
    expect(await stack.inventory()).toEqual(before);
  });
});
