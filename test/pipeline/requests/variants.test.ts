// A request with variants of which one is rejected, and one fails.
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
});
