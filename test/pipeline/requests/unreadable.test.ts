// What a request says of URLs that could not be read, and what its retry makes of them.
import { parse } from "csv-parse/sync";
import { request } from "undici";
import { DEAD_POP, HOST } from "../../../tools/local/world.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const stack = pipelineStack();

/** Rows of a request's report. */
async function reportOf(summary: Record<string, unknown>): Promise<Record<string, string>[]> {
  const answer = await request(String(summary["failure_pop_urls_report"]));
  return parse(await answer.body.text(), { columns: true });
}

describe("a request of which 3 of 4 URLs cannot be read", () => {
  const GONE = ["/gone/1.html", "/gone/2.html"];
  const STRANGER = "https://www.stranger.example/x";

  it("is not ready, and names each URL with its reason in every answer, the report and the event", async () => {
    const reqId = await stack.start(
      body({
        url_list: [...urls("/index.html", ...GONE), STRANGER],
        cf_domain: undefined,
        pops: ["SIN2-C1", "ATL56-C1"],
      }),
    );
    const early = await stack.until(reqId, (it) => Number(it["total_count"]) > 0);
    const { json: live } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=failures`);
    const groups = expect.arrayContaining([
      {
        code: "http_4xx",
        subject: "url",
        tasks: 0,
        pops: 0,
        urls: 2,
        title: expect.any(String),
        means: expect.any(String),
        viewers: expect.any(String),
        next: expect.any(String),
        examples: urls(...GONE).map((url) => ({ url, error: "HTTP 404", http_status: 404 })),
      },
      expect.objectContaining({
        code: "no_distribution",
        subject: "url",
        tasks: 0,
        pops: 0,
        urls: 1,
        examples: [{ url: STRANGER, error: expect.stringMatching(/www\.stranger\.example/) }],
      }),
    ]);
    expect(early["status"]).not.toBe("FAILED");
    expect(live["failures"]).toEqual(groups);

    await stack.until(reqId, "FINISHED");
    const summary = await stack.summary(reqId);
    expect(summary).toMatchObject({ verdict: "not_ready", failed_count: 0, failures: groups });
    expect(summary["sentence"]).toBe("Not ready for traffic: 3 of 4 URLs could not be read.");
    expect((await stack.call("GET", `prewarm?req_id=${reqId}`)).json).toMatchObject({
      verdict: "not_ready",
      readiness: { unreadable_urls: 3, lacking_pops: 2, pops: 2 },
    });
    const rows = await reportOf(summary);
    expect(rows.map(({ pop, url, http_status }) => [pop, url, http_status])).toEqual(
      expect.arrayContaining([
        ["", urls(GONE[0] ?? "")[0], "404"],
        ["", urls(GONE[1] ?? "")[0], "404"],
        ["", STRANGER, ""],
      ]),
    );
    expect(rows).toHaveLength(3);
  });
});

describe("a retry", () => {
  it("reads the report: what could not be read is asked for again, and the POP is looked up again", async () => {
    const path = "/later.html";
    const before = await stack.start(body({ url_list: urls("/index.html", path), pops: ["SIN2-C1", DEAD_POP] }));
    await stack.until(before, "FINISHED");
    stack.standIn.edge.addObject(path, { size: 1_234 });
    const retry = await stack.start({ timeout: 5, instance_count: 1, retry_of: before });
    const { total_count } = await stack.until(retry, "FINISHED");
    expect(total_count).toBe(1);
    const tasks = await stack.taskResults(retry);
    expect(tasks.map(({ url, pop, ok }) => [url, pop, ok])).toEqual([[`https://${HOST}${path}`, "SIN2-C1", true]]);
    expect(await stack.summary(retry)).toMatchObject({ failure_pops: [DEAD_POP] });
  });
});
