import { LISTS } from "../../../domain/plan/lists.ts";
import { reasonText } from "../../../domain/readiness/reasons.ts";
import { readiness as readinessWith } from "../../readiness.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { request, target } from "../items.ts";
import { refusalOf, STAMP, world } from "./world.ts";

useVirtualClock();

describe("GET /summary", () => {
  const counted = { failed_count: 4, warm_count: 1, hit_count: 2, not_kept_count: 3 };
  const readiness = readinessWith({
    cold_objects: 1,
    cold_examples: [{ url: "https://cdn.example.com/a", rec: "Singapore" }],
    cold_recs: ["Singapore"],
    exceptions: 1,
  });
  const ended = request({
    status: "FINISHED",
    active: undefined,
    report: "r1/report.csv",
    results: "r1/results.csv.gz",
    total_count: 9,
    download_count: 8,
    ...counted,
    verdict: "not_ready",
    readiness,
  });

  it("answers what the contract says, and no more", async () => {
    const { get, requestPops, lists } = world({ items: [ended] });
    await requestPops.put([
      target("SIN2-P1"),
      target("XXX1-P1", { state: "FAILED" }),
      target("XXX1-P1", { state: "FAILED", label: "other" }),
      target("YYY1-P1", { state: "FAILED" }),
    ]);
    await lists.write(LISTS.failedUrls, "r1", [
      { url: "https://cdn.example.com/gone", problem: "HTTP 404" },
      // In this variant alone.
      { url: "https://cdn.example.com/b", problem: "HTTP 406", variant: "gzip" },
    ]);
    const example = { url: "https://cdn.example.com/a", variant: "br", pop: "SIN2-P1", error: "HTTP 500" };
    await lists.write(LISTS.failures, "r1", [
      { code: "tls", subject: "task", tasks: 1, pops: 1, urls: 1, examples: [] },
      { code: "http_5xx", subject: "task", tasks: 3, pops: 2, urls: 1, examples: [example] },
    ]);
    expect(await get("summary")).toEqual({
      status: 200,
      body: {
        request_id: "r1",
        failure_pops: ["XXX1-P1", "YYY1-P1"],
        failure_urls: ["https://cdn.example.com/gone", "https://cdn.example.com/b#gzip"],
        failure_urls_omitted: 0,
        failure_pop_urls_report: "https://bucket.example/r1/report.csv?signed&as=prewarm-r1-failed.csv",
        results_url: "https://bucket.example/r1/results.csv.gz?signed&as=prewarm-r1-results.csv.gz",
        verdict: "not_ready",
        sentence: "Not ready for traffic: 1 object is not warm at any POP under the regional edge cache Singapore.",
        readiness,
        failures: [
          {
            code: "http_5xx",
            subject: "task",
            tasks: 3,
            pops: 2,
            urls: 1,
            ...reasonText("http_5xx", "en"),
            examples: [example],
          },
          { code: "tls", subject: "task", tasks: 1, pops: 1, urls: 1, ...reasonText("tls", "en"), examples: [] },
        ],
        total_count: 9,
        unfinished_count: 1,
        ...counted,
        regional_count: 0,
        transferred_bytes: 0,
        timestamp: STAMP,
        created_at: "2024-04-16 03:10:21.405000",
        last_update_time: "2024-04-16 03:11:53.531000",
        status: "FINISHED",
      },
    });
  });

  it("gives the reason of a failed request, and no URLs where none were asked for", async () => {
    const { get } = world({ items: [{ ...ended, status: "FAILED", reason: "No POP resolved" }] });
    const { status, body } = await get("summary");
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "FAILED", reason: "No POP resolved", failure_pops: [], failure_urls: [] });
  });

  it("stops naming failed URLs before the answer is larger than API Gateway's, and says how many it left out", async () => {
    const { get, lists } = world({ items: [ended] });
    const long = `https://cdn.example.com/${"a".repeat(8_000)}`;
    await lists.write(LISTS.failedUrls, "r1", Array(1_000).fill({ url: long, problem: "HTTP 404" }));
    const { body } = await get("summary");
    const named = Math.floor(5_000_000 / JSON.stringify(JSON.stringify(long)).length);
    expect(body["failure_urls"]).toHaveLength(named);
    expect(body["failure_urls_omitted"]).toBe(1_000 - named);
  });

  it("is refused with 409 while the request runs", async () => {
    const refusal = refusalOf(await world({ items: [request({ status: "IN_PROGRESS" })] }).get("summary"));
    expect(refusal).toMatch(/^409 The request is IN_PROGRESS; /);
  });

  it("waits for a report that is being written", async () => {
    const { report, ...writing } = { ...ended, status: "STOPPED" as const };
    const { get, requests } = world({ items: [writing] });
    setTimeout(() => requests.set({ ...writing, report }), 300);
    expect((await get("summary")).status).toBe(200);
  });

  it("answers 409 when the report is not there in time", async () => {
    const { get, passTime } = world({ items: [request({ status: "TIMEOUT", active: undefined })] });
    setTimeout(() => passTime(15_000), 300);
    expect(refusalOf(await get("summary"))).toBe(
      "409 The request is TIMEOUT; its report is still being written; retry in a moment",
    );
  });
});
