// The whole way of a request, from POST to its report: API, Lambdas, queue, agents and a stand-in edge.
import { describe, expect, it } from "vitest";
import { askAgain } from "../../../tools/local/check-warm.ts";
import { readResults } from "../../../tools/local/pop-report.ts";
import { DEAD_POP, FILES, HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/;
const REPORT_HEADER =
  "pop,url,error,http_status,x_amz_cf_pop,x_amz_cf_id,attempts," +
  "variant,outcome,tier,address,addresses,rounds,first_byte_ms,age,encoding,source";

/** One of three POPs does not resolve. */
const NOT_READY = `Not ready for traffic: 1 of 3 POPs lacks more than 1% of its tasks (${DEAD_POP}).`;

describe("warming", () => {
  const running = deployedStack({ launchedBy: "cdk" });

  it("a request from POST to FINISHED, with every answer as it is documented", async () => {
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
      ...{ in_progress_size: 0, bytes_per_second: 0, instances_at_work: 0, estimated_finish_at: null },
      warnings: [],
      created_at: started.json["timestamp"],
      last_update_time: expect.stringMatching(TIME),
      timestamp: expect.stringMatching(TIME),
      status: "FINISHED",
      ...{ instance_count: expect.any(Number), timeout_at: started.json["timeout_at"] },
      ...{ url_count: 4, url_prefix: "https://www.example.com/", pop_count: 3, verify: "edge", order: "lead-first" },
      ...{
        verdict: "not_ready",
        readiness: expect.objectContaining({ pops: 3, unresolved_pops: 1 }),
        sentence: NOT_READY,
      },
    });
    const summary = await stack.summary(reqId);
    expect(summary).toEqual({
      request_id: reqId,
      failure_pops: [DEAD_POP],
      failure_urls: missing,
      failure_urls_omitted: 0,
      ...{ total_count: 6, unfinished_count: 0, failed_count: 0, warm_count: 6, hit_count: 0, not_kept_count: 0 },
      failure_pop_urls_report: expect.stringMatching(/^http/),
      results_url: expect.stringMatching(/^http/),
      ...{ verdict: "not_ready", readiness: progress["readiness"], sentence: NOT_READY, failures: [] },
      timestamp: expect.stringMatching(TIME),
      created_at: started.json["timestamp"],
      last_update_time: expect.stringMatching(TIME),
      status: "FINISHED",
    });
    expect(await stack.report(reqId)).toEqual([REPORT_HEADER]);
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

  it("a region and a country, by their default POPs", async () => {
    const stack = running();
    const region = await stack.start(body({ target_type: "region", regions: ["au", "ca"], pops: ["SIN2-C1"] }));
    const country = await stack.start(body({ target_type: "country", countries: ["japan", "IN"], pops: ["SIN2-C1"] }));
    await stack.until(region, "FINISHED");
    await stack.until(country, "FINISHED");
    const pops = async (reqId: string) =>
      [...new Set((await readResults(stack.prewarm, reqId)).map(({ pop }) => pop))].sort();
    expect(await pops(region)).toEqual(["SYD1-C1", "SYD62-P1", "YUL62-C1", "YUL62-C2"]);
    expect(await pops(country)).toEqual(["BOM78-P1", "BOM78-P4", "NRT57-P2", "NRT57-P3"]);
  });

  it("duplicates once, spellings put right, headers sent, http and https", async () => {
    const stack = running();
    const asked: string[] = [];
    stack.standIn.edge.addObject("/a b(1).txt", { size: 11 });
    stack.setFaults(({ method, path, headers }) => {
      if (method === "GET") asked.push(`${path} ${headers["x-launch"]} ${headers.host}`);
      return undefined;
    });
    const reqId = await stack.start(
      body({
        url_list: [` https://${HOST}/a b(1).txt`, `https://${HOST}/a%20b(1).txt `, `http://${HOST}/index.html`],
        header: ["X-Launch: midnight"],
        pops: ["FRA56-P2"],
      }),
    );
    const progress = await stack.until(reqId, "FINISHED");
    expect(progress).toMatchObject({ total_count: 2, download_count: 2, failed_count: 0 });
    // Each is downloaded, and asked for a second time.
    const files = [`/a%20b(1).txt midnight ${HOST}`, `/index.html midnight ${HOST}`];
    expect(asked.sort()).toEqual(files.flatMap((file) => [file, file]));
  });

  it("a domain that is absent, one that is an alias, and the distribution's own", async () => {
    const stack = running();
    for (const cfDomain of [undefined, HOST, stack.standIn.domain]) {
      const reqId = await stack.start(body({ cf_domain: cfDomain, pops: ["LHR50-P2"] }));
      expect(await stack.until(reqId, "FINISHED")).toMatchObject({ download_count: 2, failed_count: 0 });
    }
  });

  it("what fails at a POP, said in the report", async () => {
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

  it("what a POP does not keep, said in the report; with verify off nothing is claimed", async () => {
    const stack = running();
    const path = "/live.json";
    stack.standIn.edge.addObject(path, { size: 2_000, headers: { "cache-control": "no-store" } });
    const request = body({ url_list: urls(path, "/index.html"), pops: ["FRA60-P1"] });
    const reqId = await stack.start(request);
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ download_count: 2, failed_count: 1 });
    const outcomes = (await readResults(stack.prewarm, reqId)).map(({ url, outcome }) => `${url} ${outcome}`);
    expect(outcomes.sort()).toEqual(urls("/index.html warm", "/live.json not_kept"));
    const [, row = ""] = await stack.report(reqId);
    expect(row).toMatch(/^FRA60-P1,https:\/\/www\.example\.com\/live\.json,.*Cache-Control: no-store/);
    expect(row).toContain(",not_kept,");

    const unshown = await stack.start({ ...request, verify: "off" });
    expect(await stack.until(unshown, "FINISHED")).toMatchObject({ download_count: 2, failed_count: 0 });
    expect((await readResults(stack.prewarm, unshown)).map(({ outcome }) => outcome)).toEqual(["done", "done"]);
  });

  it("nothing that can be warmed: FAILED, with the reason", async () => {
    const stack = running();
    const noUrl = await stack.start(body({ url_list: urls("/gone-1", "/gone-2") }));
    await stack.until(noUrl, "FAILED");
    expect(await stack.summary(noUrl)).toMatchObject({
      status: "FAILED",
      // In the order in which they answered.
      failure_urls: expect.toSatisfy((bad: string[]) => bad.toSorted().join() === urls("/gone-1", "/gone-2").join()),
      reason: "No URL can be read; the first: HTTP 404",
    });
    const noPop = await stack.start(body({ pops: [DEAD_POP] }));
    await stack.until(noPop, "FAILED");
    expect(await stack.summary(noPop)).toMatchObject({
      failure_pops: [DEAD_POP],
      reason: expect.stringContaining("No POP resolved"),
    });
    await stack.untilAgents(0);
  });

  it("an object that was replaced, with need_invalidate", async () => {
    const stack = running();
    const path = "/news.json?v=1";
    stack.standIn.edge.addObject(path, { size: 100 });
    const request = body({ url_list: urls(path), pops: ["DUB2-C1"] });
    await stack.until(await stack.start(request), "FINISHED");
    stack.standIn.edge.addObject(path, { size: 200 });

    // The POP's old object has not the size that was probed at another POP.
    const stale = await stack.until(await stack.start(request), "FINISHED");
    expect(stale).toMatchObject({ download_size: 0, failed_count: 1 });
    const fresh = await stack.until(await stack.start({ ...request, need_invalidate: true }), "FINISHED");
    expect(fresh["download_size"]).toBe(200);
  });
});
