// What the origin gets of a request: leads fetch an object once for each REC, limits hold, and a dry run estimates both.
import { describe, expect, it } from "vitest";
import { recOf } from "../../domain/pops/sites.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { readResults } from "../../tools/local/results.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import { compareWithDryRun } from "./dry-runs.ts";
import { addObjects, originRequests } from "./edge-control.ts";
import { CLOSED, DEVICES, DUBLIN, FRANKFURT, SYDNEY, TOKYO, uncollapsed } from "./recs.ts";

const good = (results: readonly TaskResult[]) => results.filter(({ ok }) => ok).length;

describe("the origin", () => {
  const running = deployedStack({ edge: uncollapsed });

  it("gets one request for each URL, variant and REC, and every task is warm", async () => {
    const stack = running();
    const paths = addObjects(stack, "led", 12);
    const pops = [...TOKYO, ...FRANKFURT, ...DUBLIN];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops, variants: DEVICES, instance_count: 2 }));
    const { total_count: total, warm_count: warm } = await stack.until(reqId, "FINISHED");
    expect(warm).toBe(total);
    // Each POP has each form of each URL to warm, and each of the three RECs fetches it once.
    const forms = Number(total) / pops.length;
    expect(originRequests(stack, "led").downloads.length).toBe(forms * 3);
    // The catalogue knew their RECs: everybody but the leads was served by one.
    const tasks = await readResults(stack.prewarm, reqId);
    expect(new Set(tasks.map(({ pop }) => recOf(pop))).size).toBe(3);
  });

  it("gets no additional request if the POP of a lead refuses connections: a follower becomes the lead", async () => {
    const stack = running();
    const paths = addObjects(stack, "closed", 12);
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: SYDNEY }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 36, warm_count: 24, failed_count: 12 });
    const failed = (await readResults(stack.prewarm, reqId)).filter(({ ok }) => !ok);
    expect(new Set(failed.map(({ pop, reason }) => `${pop} ${reason}`))).toEqual(new Set([`${CLOSED} connection`]));
    expect(originRequests(stack, "closed").downloads.length).toBe(12);
  });

  it("that fails two leads gets no request of the other POPs under their REC; other RECs go on", async () => {
    const stack = running();
    const paths = addObjects(stack, "gone", 6);
    let asked = 0;
    stack.setFaults(({ method, path, pop }) => {
      if (method !== "GET" || !path.startsWith("/gone/") || !FRANKFURT.includes(pop)) return undefined;
      asked++;
      return { kind: "status", status: 404 };
    });
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: [...FRANKFURT, ...TOKYO] }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 42, warm_count: 18, failed_count: 24 });
    expect(asked).toBe(2 * 6);
    const results = await readResults(stack.prewarm, reqId);
    expect(good(results.filter(({ pop }) => TOKYO.includes(pop)))).toBe(18);
    const decided = results.filter(({ reason }) => reason === "not_asked");
    expect(decided).toHaveLength(2 * 6);
    for (const { error } of decided)
      expect(error).toMatch(
        /^NOT_ASKED: Skipped: two POPs .* did not keep the object: (\w+-\w+) \(HTTP 404\), (?!\1)\w+-\w+ \(HTTP 404\)$/,
      );
    expect((await stack.report(reqId)).filter((row) => row.includes("NOT_ASKED"))).toHaveLength(2 * 6);
  });

  it("gets its requests at the rate that the request allows, from two instances together", async () => {
    const stack = running();
    const paths = addObjects(stack, "limited", 60, () => 2_000);
    const reqId = await stack.start(
      body({
        url_list: urls(...paths),
        pops: ["SIN2-C1", "FRA56-P2", "DFW55-C3"],
        instance_count: 2,
        origin: { requests_per_second: 30, concurrency: 8 },
      }),
    );
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      download_count: 180,
      failed_count: 0,
      warm_count: 180,
    });
    const { downloads } = originRequests(stack, "limited");
    expect(downloads).toHaveLength(180);
    // Without the limit, this takes less than a second. test/pipeline/requests/origin.test.ts counts the requests of each second.
    const times = downloads.map(({ at }) => at);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(4_000);
  });

  it("gets exactly as many requests, and the request as many tasks and bytes, as the dry run estimates", async () => {
    const stack = running();
    const paths = addObjects(stack, "forms", 10, (i) => 1_000 * (i + 1));
    const pops = [...TOKYO, ...FRANKFURT, ...DUBLIN];
    const request = body({ url_list: urls(...paths), pops, variants: DEVICES });
    const { estimate, downloads, bytes } = await compareWithDryRun(stack, "forms", request);
    expect(estimate).toMatchObject({ tasks: 160, origin_fetches: { expected: 60 }, pops: { count: 8 } });
    expect(downloads).toBe(60);
    expect(estimate.bytes).toMatchObject({ estimate: bytes, low: bytes, high: bytes, sampled: 20 });
  });

  it("GET /settings and GET /pops return what an estimate is based on", async () => {
    const { status, json } = await running().call("GET", "settings");
    const { json: catalogue } = await running().call("GET", "pops");
    expect(catalogue["pops"]).toEqual(expect.arrayContaining([expect.objectContaining({ code: "SIN2-C1" })]));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      env_name: "prod",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      private: false,
      instances: { estimate: { type: "c7gn.large", vcpus: 2 } },
    });
  });
});
