// Requests for objects whose size is another one than a probe was told.
import { body, urls } from "../../e2e/bodies.ts";
import { originRequests } from "../../e2e/edge-control.ts";
import { pipelineStack } from "./stack.ts";

const PROBED = 200_000;
const WHOLE = 1.5 * PROBED;
const PATHS = ["/sizes/0.bin", "/sizes/1.bin", "/sizes/2.bin"];

const stack = pipelineStack();

describe("an object that is larger than Get Size saw", () => {
  it("is downloaded once and warm, with a warning, and percentage_complete never exceeds 100", async () => {
    for (const path of PATHS) stack.standIn.edge.addObject(path, { size: WHOLE, probedSize: PROBED });
    const downloads: string[] = [];
    stack.setFaults(({ method, path, headers }) => {
      if (method !== "GET" || headers["range"] !== undefined || !PATHS.includes(path)) return undefined;
      downloads.push(path);
      // Of the first one, the API is asked while more has arrived than Get Size saw.
      return path === PATHS[0] ? { kind: "drip", bytesPerSecond: 20_000 } : undefined;
    });
    const reqId = await stack.start(body({ url_list: urls(...PATHS), pops: ["SIN2-C1"] }));
    const percentages: number[] = [];
    const done = await stack.until(reqId, ({ status, percentage_complete: percentage }) => {
      percentages.push(Number(percentage));
      return status === "FINISHED";
    });
    expect(done).toMatchObject({ failed_count: 0, download_count: 3, warm_count: 3, download_size: 3 * WHOLE });
    expect(done["warnings"]).toMatchObject([{ code: "size_changed", count: 3 }]);
    expect(downloads.toSorted()).toEqual(PATHS);
    expect(originRequests(stack, "sizes").downloads).toHaveLength(3);
    const results = await stack.taskResults(reqId);
    expect(
      results.map(({ attempts, bytes, outcome, size_changed }) => [attempts, bytes, outcome, size_changed]),
    ).toEqual(PATHS.map(() => [1, WHOLE, "warm", true]));
    expect(percentages.filter((percentage) => percentage > 0 && percentage < 100)).not.toEqual([]);
    expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
    expect(Math.max(...percentages)).toBe(100);
  });
});

it("an object that a POP still has in its old size fails, and is warm in the new one with need_invalidate", async () => {
  const path = "/news.json?v=1";
  const request = body({ url_list: urls(path), pops: ["DUB2-C1"] });
  const { edge } = stack.standIn;
  edge.addObject(path, { size: 100 });
  await stack.warm(request);
  edge.addObject(path, { size: 200 });
  // Another POP told the size.
  expect(await stack.warm(request)).toMatchObject({ download_size: 0, failed_count: 1 });
  expect(await stack.warm({ ...request, need_invalidate: true })).toMatchObject({ download_size: 200, warm_count: 1 });
});
