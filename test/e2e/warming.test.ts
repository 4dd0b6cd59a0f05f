// A request from POST to its report through the deployed stack: API, Lambda functions, queues, agents and the stand-in edge.
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { askAgain } from "../../tools/local/results.ts";
import { DEAD_POP, FILES } from "../../tools/local/world.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
const REPORT_HEADER =
  "pop,url,error,http_status,x_amz_cf_pop,x_amz_cf_id,attempts," +
  "variant,outcome,tier,address,rounds,first_byte_ms,age,encoding,source";

/** One of three POPs does not resolve. */
const NOT_READY = `Not ready for traffic: 1 of 4 URLs could not be read. 1 POP did not resolve (${DEAD_POP}).`;

describe("a request", () => {
  const running = deployedStack();

  it("goes from POST to FINISHED, and the answers, the report and the results say what came of it", async () => {
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
      pop_selection: {
        selected: 3,
        known: POP_CODES.length,
        set: "named",
        places: [],
        source: "catalogue",
        discovered_at: null,
      },
    });
    const reqId = String(started.json["request_id"]);

    const early = await stack.call("GET", `summary?req_id=${reqId}`);
    expect(early.status).toBe(409);
    expect(early.json["error_message"]).toMatch(/The request is (CREATED|CHECK_POP|INSERT_TASK|IN_PROGRESS)/);

    const progress = await stack.until(reqId, "FINISHED");
    expect(progress).toMatchObject({
      // The page and the script come compressed.
      download_size: expect.toSatisfy((size: number) => size > 2_000_000 && size < 2 * bytes),
      total_size: 2 * bytes,
      download_count: 6,
      warm_count: 6,
      total_count: 6,
      warnings: [],
      created_at: started.json["timestamp"],
      timeout_at: started.json["timeout_at"],
      url_count: 4,
      verdict: "not_ready",
      readiness: { pops: 2, unreadable_urls: 1, unresolved_examples: [DEAD_POP] },
      sentence: NOT_READY,
    });
    const summary = await stack.summary(reqId);
    expect(summary).toMatchObject({
      failure_pops: [DEAD_POP],
      failure_urls: missing,
      total_count: 6,
      warm_count: 6,
      readiness: progress["readiness"],
      sentence: NOT_READY,
      failures: [
        { code: "http_4xx", subject: "url", tasks: 0, urls: 1 },
        { subject: "pop", tasks: 0, pops: 1, examples: [{ pop: DEAD_POP }] },
      ],
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
    expect(results.map(({ encoding }) => encoding).toSorted()).toEqual(["", "", "br", "br", "br", "br"]);
    expect(await askAgain(stack.standIn, urls(...paths), ["SIN2-C1", "ATL56-C1"])).toEqual([]);
    await stack.untilAgents(0);
    expect(await stack.queued()).toBe(0);
    expect((await stack.inventory()).schedules).toBe(0);
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
