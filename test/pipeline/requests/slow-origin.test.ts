// What one URL that fails costs the others, at an origin that takes a second for each answer.
import { describe, expect, it } from "vitest";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const ORIGIN_MS = 1_000;
const URLS = 25;

describe("a small request at a slow origin", () => {
  const stack = pipelineStack({
    edge: { aliases: [], pops: [{ pop: "SIN2-C1", rec: "singapore" }], site: {}, origin: { delayMs: ORIGIN_MS } },
  });

  it("takes its good URLs no longer beside one that returns 502", async () => {
    const without = await goodMs(stack, "well", undefined);
    const beside = await goodMs(stack, "beside", 502);
    expect(beside).toBeLessThanOrEqual(1.3 * without);
  });
});

/** Warms a folder, whose first object has this status. @returns from its first download to its last good one, in milliseconds */
async function goodMs(stack: PipelineStack, folder: string, status: number | undefined): Promise<number> {
  const [first = "", ...others] = addObjects(stack, folder, URLS);
  // Get Size finds nothing wrong, so that the URL is not the last.
  stack.setFaults(({ method, path, headers }) => {
    if (status !== undefined && path === first && method === "GET" && headers.range === undefined)
      stack.standIn.edge.addObject(first, { size: 100, status });
    return undefined;
  });
  await stack.warm(body({ url_list: urls(first, ...others), pops: ["SIN2-C1"], origin: { concurrency: 4 } }));
  const { downloads } = originRequests(stack, folder);
  const good = downloads.filter(({ path }) => path !== first);
  return (good.at(-1)?.at ?? 0) - (downloads[0]?.at ?? 0) + ORIGIN_MS;
}
