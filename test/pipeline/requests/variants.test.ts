// Requests with variants of which one is rejected, or too many fail.
import { beforeAll, describe, expect, it } from "vitest";
import { body, urls } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const POPS = ["ATL56-C1", "SIN2-C1", "DFW55-C3"];

const DEVICES = ["desktop", "mobile"].map((name) => ({ name, header: [`X-Device: ${name}`] }));

describe("a request with variants", () => {
  const stack = pipelineStack();

  beforeAll(() => {
    const { edge } = stack.standIn;
    edge.setBehaviours([{ path: "/device/*", serverTiming: 0, keyHeaders: ["x-device"] }, {}]);
    for (const path of ["/device/a.html", "/device/b.html", "/device/c.html"])
      edge.addObject(path, { size: 3_000, vary: ["x-device"] });
  });

  it("leaves a form out that is rejected and names it in the summary, and names one that fails later in the report", async () => {
    stack.setFaults(({ method, path, pop, headers }) => {
      const isMobile = headers["x-device"] === "mobile";
      if (path === "/device/a.html" && isMobile) return { kind: "status", status: 406 };
      const isTask = method === "GET" && headers.range === undefined && pop === "SIN2-C1";
      return path === "/device/b.html" && isMobile && isTask ? { kind: "status", status: 403 } : undefined;
    });
    const paths = ["/device/a.html", "/device/b.html", "/device/c.html"];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, variants: DEVICES }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      total_count: 15,
      download_count: 15,
      warm_count: 14,
      failed_count: 1,
      warnings: [],
    });
    expect((await stack.summary(reqId))["failure_urls"]).toEqual(urls("/device/a.html#mobile"));
    const [header, row, unreadable, ...more] = await stack.report(reqId);
    expect(header).toMatch(/^pop,url,error,http_status,x_amz_cf_pop,x_amz_cf_id,attempts,variant,outcome,/);
    expect(row).toMatch(
      /^SIN2-C1,https:\/\/www\.example\.com\/device\/b\.html,HTTP 403,403,[^,]*,[^,]*,1,mobile,failed,/,
    );
    expect(unreadable).toMatch(/^,https:\/\/www\.example\.com\/device\/a\.html,HTTP 406,406,,,[^,]*,mobile,/);
    expect(more).toEqual([]);
  });

  it("ends as FAILED once more tasks have failed than it allows, and says what most of them failed by", async () => {
    stack.setFaults(({ method, pop }) =>
      method === "GET" && pop !== "ATL56-C1" ? { kind: "status", status: 403 } : undefined,
    );
    const request = body({ url_list: urls("/device/a.html", "/device/b.html"), pops: POPS, max_failures: 2 });
    const reqId = await stack.start({ ...request, variants: DEVICES });
    expect((await stack.until(reqId, "FAILED"))["failed_count"]).toBeGreaterThan(2);
    const { reason } = await stack.summary(reqId);
    expect(reason).toMatch(
      /^max_failures: \d tasks have failed, and the request allows 2; most of them, \d by http_4xx, /,
    );
    expect(reason).toMatch(/such as HTTP 403 for https:\/\/www\.example\.com\/device\/[ab]\.html \(\w+\) at \w+-C\d$/);
    // What failed, and what has no result because the request ended before.
    const { total_count, download_count, failed_count } = await stack.progress(reqId);
    const good = Number(download_count) - Number(failed_count);
    expect(await stack.report(reqId)).toHaveLength(1 + Number(total_count) - good);
    await stack.untilAgents(0);
  });
});
