// What the origin gets of a request without leads, and of one that it throttles.
import { describe, expect, it } from "vitest";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { FRANKFURT, TOKYO, uncollapsed } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

/** Each is under a REC of its own, so that each asks the origin. */
const POPS = ["SIN2-C1", "FRA56-P2", "DFW55-C3"];

describe("the origin", () => {
  const running = pipelineStack({ edge: uncollapsed });

  it("gets more requests with all-at-once than with leads", async () => {
    const stack = running();
    const paths = addObjects(stack, "rush", 12);
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...FRANKFURT], order: "all-at-once" });
    expect(await stack.until(await stack.start(request), "FINISHED")).toMatchObject({
      warm_count: 84,
      total_count: 84,
    });
    expect(originRequests(stack, "rush").downloads.length).toBeGreaterThan(2 * 12);
  });

  it("gets no more requests in any second than the request allows, from two instances together", async () => {
    const stack = running();
    const paths = addObjects(stack, "limited", 60, () => 2_000);
    const reqId = await stack.start(
      body({
        ...{ url_list: urls(...paths), pops: POPS, instance_count: 2 },
        origin: { requests_per_second: 30, concurrency: 8 },
      }),
    );
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({
      download_count: 180,
      failed_count: 0,
      warm_count: 180,
    });
    const { all, downloads } = originRequests(stack, "limited");
    expect(downloads).toHaveLength(180);
    expect(busiestSecond(all)).toBeLessThanOrEqual(30);
  });

  it("that throttles gets fewer requests, and every task is warm in the end", async () => {
    const stack = running();
    const { edge } = stack.standIn;
    const paths = addObjects(stack, "refusing", 80, () => 2_000);
    edge.setBehaviours([{ errorTtlMs: 800 }]);
    edge.setOrigin({ limit: { perSecond: 30, status: 503, retryAfter: { seconds: 1, form: "date" } } });
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS, instance_count: 2 }));
    const progress = await stack.until(reqId, "FINISHED");
    edge.setOrigin({});
    edge.setBehaviours([]);
    const seen = originRequests(stack, "refusing").downloads;
    const first = seen[0]?.at ?? 0;
    expect(progress).toMatchObject({ total_count: 240, download_count: 240, failed_count: 0 });
    const later = seen.filter(({ at }) => at > first + 10_000);
    expect(later.filter(({ refused }) => refused).length).toBeLessThanOrEqual(0.05 * later.length);
  });
});
