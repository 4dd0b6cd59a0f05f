// What a dry run estimates, beside what the same request then comes to.
import type { Estimate } from "../../../domain/cost/estimate.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { compareWithDryRun, estimated } from "../../e2e/dry-runs.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { DEVICES, DUBLIN, FRANKFURT, TOKYO, uncollapsed } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

describe("a dry run", () => {
  const stack = pipelineStack({ edge: uncollapsed });

  it("of a request all at once estimates one origin fetch a REC at best, one a POP at most", async () => {
    const paths = addObjects(stack, "rush", 12, () => 2_000);
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...FRANKFURT], order: "all-at-once" });
    const { estimate } = await compareWithDryRun(stack, "rush", request);
    expect(estimate).toMatchObject({ tasks: 84, origin_fetches: { expected: null, least: 24, most: 84 } });
  });

  it("of a request all at once is exact where each POP has a REC of its own", async () => {
    const paths = addObjects(stack, "apart", 12, () => 2_000);
    const pops = ["KIX50-C1", "ATH50-C1", "DUB2-C1"];
    const request = body({ url_list: urls(...paths), pops, order: "all-at-once" });
    const { estimate, downloads } = await compareWithDryRun(stack, "apart", request);
    expect(estimate.origin_fetches.expected).toBe(36);
    expect(downloads).toBe(36);
  });

  it("of a request with verify off is exact, and counts one request a task instead of two", async () => {
    const paths = addObjects(stack, "off", 8, () => 30_000);
    const request = body({ url_list: urls(...paths), pops: TOKYO, verify: "off" });
    const { estimate, downloads } = await compareWithDryRun(stack, "off", request);
    expect(estimate.tasks).toBe(24);
    expect(downloads).toBe(estimate.origin_fetches.expected);
    // Its timer goes a moment after its end.
    await stack.reset();
    const twice = await estimated(stack, { ...request, verify: "edge" });
    const requestsOf = (it: Estimate) => it.dollars.lines.find(({ line }) => line === "cloudfront_requests")?.of;
    expect([requestsOf(estimate), requestsOf(twice)]).toEqual([
      expect.stringMatching(/^1 per task/),
      expect.stringMatching(/^2 per task/),
    ]);
  });

  it("of 400 unequal objects tells by a hundred sizes between which bounds the bytes lie", async () => {
    // Most are small; one in ten is about fifty times as large.
    const paths = addObjects(stack, "uneven", 400, (i) => (i % 10 === 7 ? 100_000 + 200 * i : 1_000 + 10 * i));
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...DUBLIN], instance_count: 2 });
    const { estimate, downloads, bytes } = await compareWithDryRun(stack, "uneven", request);
    expect(estimate).toMatchObject({ tasks: 1_600, origin_fetches: { expected: 800 }, bytes: { sampled: 100 } });
    expect(downloads).toBe(800);
    const { low, high } = estimate.bytes;
    // Bounds that say nothing would hold, too.
    expect(((high ?? 0) - (low ?? 0)) / bytes).toBeLessThan(2.5);
  });

  it("of 150 objects in two variants, whose sizes rise along the list, is within a tenth of the bytes", async () => {
    const paths = addObjects(stack, "rising", 150, (i) => 500 * (i + 1));
    const request = body({ url_list: urls(...paths), pops: [...DUBLIN, "KIX50-C1"], variants: DEVICES });
    const { estimate, downloads, bytes } = await compareWithDryRun(stack, "rising", request);
    expect(estimate).toMatchObject({ tasks: 600, bytes: { sampled: 100, unknown: 0, unreadable: 0 } });
    expect(downloads).toBe(estimate.origin_fetches.expected);
    expect(Math.abs((estimate.bytes.estimate ?? 0) - bytes) / bytes).toBeLessThan(0.1);
  });
});
