// What the origin gets of a request: leads fetch an object once for each REC, and a dry run estimates it.
import { describe, expect, it } from "vitest";
import { recOf } from "../../domain/pops/sites.ts";
import { readResults } from "../../tools/local/results.ts";
import { body, urls } from "./bodies.ts";
import { deployedStack } from "./deployed-stack.ts";
import { compareWithDryRun } from "./dry-runs.ts";
import { addObjects, originRequests } from "./edge-control.ts";
import { DEVICES, DUBLIN, FRANKFURT, TOKYO, uncollapsed } from "./recs.ts";

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
});
