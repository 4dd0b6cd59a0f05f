// Several forms of each URL, on an edge that compresses and tells forms apart: from POST to the report. And a request that ends
// because too much of it fails.
import { beforeAll, describe, expect, it } from "vitest";
import { readResults } from "../../../tools/local/pop-report.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

const POPS = ["ATL56-C1", "SIN2-C1", "DFW55-C3"];
const CSS = { letters: true, headers: { "content-type": "text/css" } };

const COMPRESSION = [
  { name: "br", header: ["Accept-Encoding: gzip, deflate, br, zstd"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
  { name: "plain", header: [] },
];
const DEVICES = ["desktop", "mobile"].map((name) => ({ name, header: [`X-Device: ${name}`] }));

describe("a request with variants", () => {
  const running = deployedStack();

  beforeAll(() => {
    const { edge } = running().standIn;
    edge.setBehaviours([
      { path: "/busy/*", serverTiming: 0, encodings: ["br", "gzip"], compress: "busy" },
      { path: "/device/*", serverTiming: 0, keyHeaders: ["x-device"] },
      { serverTiming: 0, encodings: ["br", "gzip"], compress: true },
    ]);
    edge.addObject("/forms/app.css", { size: 50_000, ...CSS });
    edge.addObject("/forms/app.js", { size: 70_000, letters: true, headers: { "content-type": "text/javascript" } });
    edge.addObject("/busy/app.css", { size: 20_000, ...CSS });
    for (const path of ["/device/a.html", "/device/b.html", "/device/c.html"])
      edge.addObject(path, { size: 3_000, vary: ["x-device"] });
  });

  it("warms every URL in every form, each of which the POP keeps", async () => {
    const stack = running();
    const paths = ["/forms/app.css", "/forms/app.js", "/busy/app.css"];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, variants: COMPRESSION }));
    const progress = await stack.until(reqId, "FINISHED");
    expect(progress).toMatchObject({ total_count: 27, download_count: 27, warm_count: 27, failed_count: 0 });
    // Asked by HEAD, the edge tells the size before it compresses.
    expect(progress["total_size"]).toBe((50_000 + 70_000 + 20_000) * 3 * 3);
    const [example = ""] = urls("/busy/app.css");
    expect(progress["warnings"]).toMatchObject([
      // The examples are those of the first results that were counted.
      { code: "not_compressed", count: 6, examples: expect.arrayContaining([`${example} (br)`]) },
    ]);
    const { json } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=pops`);
    expect(json["pops"]).toMatchObject(
      POPS.map((pop) => ({ pop, state: "DONE", total_count: 9, download_count: 9, warm_count: 9 })),
    );

    const results = await readResults(stack.prewarm, reqId);
    const encodings = new Map(results.map(({ pop, url, variant, encoding }) => [`${pop} ${url} ${variant}`, encoding]));
    expect(encodings.size).toBe(27);
    for (const pop of POPS) {
      for (const url of urls("/forms/app.css", "/forms/app.js")) {
        const seen = COMPRESSION.map(({ name }) => encodings.get(`${pop} ${url} ${name}`));
        expect(seen).toEqual(["br", "gzip", undefined]);
      }
      const forms = stack.standIn.edge.holders("/forms/app.css").filter((it) => it.layer === "pop" && it.pop === pop);
      expect(new Set(forms.map(({ form }) => form)).size).toBe(3);
    }
    expect(await stack.report(reqId)).toHaveLength(1);
    expect(await stack.summary(reqId)).toMatchObject({ failure_urls: [], warm_count: 27 });
  });

  it("leaves a form out that is refused, and names it in the summary; one that fails later is named in the report", async () => {
    const stack = running();
    stack.setFaults(({ method, path, pop, headers }) => {
      const isMobile = headers["x-device"] === "mobile";
      if (path === "/device/a.html" && isMobile) return { kind: "status", status: 406 };
      const isTask = method === "GET" && headers.range === undefined && pop === "SIN2-C1";
      return path === "/device/b.html" && isMobile && isTask ? { kind: "status", status: 403 } : undefined;
    });
    const paths = ["/device/a.html", "/device/b.html", "/device/c.html"];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, variants: DEVICES }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      ...{ total_count: 15, download_count: 15, warm_count: 14, failed_count: 1, warnings: [] },
    });
    expect((await stack.summary(reqId))["failure_urls"]).toEqual(urls("/device/a.html#mobile"));
    const [header, row, ...more] = await stack.report(reqId);
    expect(header).toMatch(/^pop,url,error,http_status,x_amz_cf_pop,x_amz_cf_id,attempts,variant,outcome,/);
    expect(row).toMatch(
      /^SIN2-C1,https:\/\/www\.example\.com\/device\/b\.html,HTTP 403,403,[^,]*,[^,]*,1,mobile,failed,/,
    );
    expect(more).toEqual([]);
  });

  it("ends as FAILED once more tasks have failed than it allows, and says what most of them failed by", async () => {
    const stack = running();
    stack.setFaults(({ method, pop }) =>
      method === "GET" && pop !== "ATL56-C1" ? { kind: "status", status: 403 } : undefined,
    );
    const request = body({ url_list: urls("/device/a.html", "/device/b.html"), pops: POPS, max_failures: 2 });
    const reqId = await stack.start({ ...request, variants: DEVICES });
    const { failed_count } = await stack.until(reqId, "FAILED");
    expect(failed_count).toBeGreaterThan(2);
    const { reason } = await stack.summary(reqId);
    expect(reason).toMatch(
      /^max_failures: \d tasks have failed, and the request allows 2; most of them, \d by http_4xx, /,
    );
    expect(reason).toMatch(/such as HTTP 403 for https:\/\/www\.example\.com\/device\/[ab]\.html \(\w+\) at \w+-C\d$/);
    expect(await stack.report(reqId)).toHaveLength(1 + Number(failed_count));
    await stack.untilAgents(0);
  });
});
