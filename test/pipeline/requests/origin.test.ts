import { setTimeout as sleep } from "node:timers/promises";
import { busiest } from "../../../tools/edge/origin-log.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { uncollapsed } from "../../e2e/recs.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

/** Each is under a REC of its own, so that each asks the origin. */
const POPS = ["SIN2-C1", "FRA56-P2", "DFW55-C3"];

describe("the origin", () => {
  const stack = pipelineStack({ edge: uncollapsed });

  it("gets no more requests in any second than the request allows, from two instances together", async () => {
    const paths = addObjects(stack, "limited", 60, () => 2_000);
    const reqId = await stack.start(
      body({
        url_list: urls(...paths),
        pops: POPS,
        instance_count: 2,
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
    expect(busiest(all, 1_000)).toBeLessThanOrEqual(30);
    // All permits come back, those of the agents and those of Get Size.
    await sleep(60_000);
    expect(permits(stack, reqId)).toEqual({ held: 0, leases: [] });
  });
});

/** The permits that all processes hold, and the leases that are not empty. */
function permits({ pipeline }: PipelineStack, reqId: string) {
  const items = pipeline.items("StorageProgress");
  return {
    held: Number(
      items.find(({ key, part }) => key?.["S"] === `limit#${reqId}` && part?.["S"] === "held")?.["held"]?.["N"],
    ),
    leases: items.filter((item) => item["key"]?.["S"] === `beat#${reqId}` && Number(item["permits"]?.["N"] ?? 0) > 0),
  };
}
