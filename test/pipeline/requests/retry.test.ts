// A request that has ended is tried again: what is not good in it is warmed, and nothing else.
import { describe, expect, it } from "vitest";
import { recOf } from "../../../domain/pops/sites.ts";
import { askAgain } from "../../../tools/local/results.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { recordRequests } from "../../e2e/edge-control.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const POPS = [
  ...["SIN2-C1", "SIN2-P1", "KUL50-C1", "NRT57-P2", "NRT57-P3", "KIX50-C1", "KIX50-P2"],
  ...["FRA56-P2", "FRA60-P1", "ATH50-C1", "BRU50-C1", "DUB2-C1", "LHR50-P2", "CDG50-P1"],
  ...["CDG52-P2", "SYD1-C1", "SYD62-P1", "YUL62-C1", "ATL56-C1", "DFW55-C3"],
];

/** Pairs that fail with 403; what failed there before must not be kept by anybody. */
function fail(stack: PipelineStack, pairs: ReadonlySet<string>): void {
  stack.setFaults(({ pop, method, path }) =>
    method === "GET" && pairs.has(`${pop} ${path}`) ? { kind: "status", status: 403 } : undefined,
  );
}

const sorted = (texts: Iterable<string>) => [...texts].toSorted();

describe("retry_of", () => {
  const stack = pipelineStack();

  it("warms 137 scattered failures of 1,220 tasks by 137 downloads, and is rejected with 409 the second time", async () => {
    const paths = Array.from({ length: 61 }, (_, i) => `/scattered/${i}.bin`);
    for (const path of paths) stack.standIn.edge.addObject(path, { size: 500 });
    // 61 and 20 have no common divisor, so each pair comes once. Never two under one REC of the same URL: two leads that fail would decide for the others.
    const failing = new Set<string>();
    for (let i = 0; failing.size < 137; i++) {
      const pop = POPS[(i * 7) % POPS.length] ?? "";
      const path = paths[(i * 11) % paths.length] ?? "";
      const rivals = [...failing]
        .filter((pair) => pair.endsWith(` ${path}`))
        .map((pair) => recOf(pair.split(" ", 1)[0] ?? ""));
      if (!rivals.includes(recOf(pop))) failing.add(`${pop} ${path}`);
    }
    fail(stack, failing);
    const request = body({ url_list: urls(...paths), pops: POPS, instance_count: 2, timeout: 15 });
    const first = await stack.start(request);
    const early = await stack.post("prewarm", { retry_of: first });
    expect([early.status, early.json["error_message"]]).toEqual([
      409,
      expect.stringMatching(/it can be tried again once/),
    ]);
    await stack.until(first, "FINISHED");
    const failed = failing.size;
    expect(await stack.progress(first)).toMatchObject({
      total_count: 1_220,
      download_count: 1_220,
      failed_count: failed,
      warm_count: 1_220 - failed,
    });

    const asked = recordRequests(stack);
    const retry = await stack.start({ retry_of: first, instance_count: 1 });
    const ended = await stack.until(retry, "FINISHED");
    expect(ended).toMatchObject({
      retry_of: first,
      total_count: failed,
      download_count: failed,
      failed_count: 0,
      warm_count: failed,
      total_size: failed * 500,
      download_size: failed * 500,
      percentage_complete: 100,
    });
    // Each is downloaded, and asked for a second time. Sizes were known.
    const gets = [...failing].map((pair) => pair.replace(" ", " GET "));
    expect(sorted(asked)).toEqual(sorted(gets.flatMap((get) => [get, get])));
    expect(await stack.summary(first)).toMatchObject({ failed_count: failed, retried_by: retry });
    expect(await stack.report(retry)).toHaveLength(1);
    const rows = (await stack.call("GET", `prewarm?req_id=${retry}&detail=pops`)).json["pops"];
    const perPop = sorted(
      POPS.map((pop) => `${pop} ${[...failing].filter((pair) => pair.startsWith(`${pop} `)).length}`),
    );
    expect(sorted((rows as Record<string, unknown>[]).map((row) => `${row["pop"]} ${row["total_count"]}`))).toEqual(
      perPop.filter((row) => !row.endsWith(" 0")),
    );
    for (const pair of failing) {
      const [pop = "", path = ""] = pair.split(" ");
      expect(await askAgain(stack.standIn, urls(path), [pop])).toEqual([]);
    }

    const again = await stack.post("prewarm", { retry_of: first });
    expect([again.status, again.json["error_message"]]).toEqual([
      409,
      expect.stringContaining(`already being retried by ${retry}`),
    ]);
    const good = await stack.post("prewarm", { retry_of: retry });
    expect([good.status, good.json["error_message"]]).toEqual([
      409,
      expect.stringContaining("everything in it is good"),
    ]);
  });
});
