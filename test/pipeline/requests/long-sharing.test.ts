// How large files are shared among instances that boot one after the other.
import { body, urls } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const INSTANCES = 4;
const POPS = ["SIN2-C1", "ATL56-C1", "DFW55-C3"];
/** Above 16 MiB, so that each file is a message of its own. */
const SIZE = 17_000_000;
const PATHS = Array.from({ length: 12 }, (_, n) => `/sharing/${n}.bin`);
/** A download takes 100 seconds at it, as one of 200 MB does at 2 MB/s. */
const CONNECTION_BYTES_PER_SECOND = SIZE / 100;
const MAX_SHARE = 1.3;

const stack = pipelineStack({ bootsApartMs: 3_000 });

// In virtual time no instance waits for its processor, although the thread of the test is always busy.
beforeEach(() => {
  vi.spyOn(performance, "eventLoopUtilization").mockReturnValue({ idle: 1, active: 0, utilization: 0 });
});
afterEach(() => {
  vi.restoreAllMocks();
});

let downloads: readonly number[] = [];

it("all instances download large files whose connections are limited", async () => {
  for (const path of PATHS) stack.standIn.edge.addObject(path, { size: SIZE });
  stack.setFaults(({ method }) =>
    method === "GET" ? { kind: "drip", bytesPerSecond: CONNECTION_BYTES_PER_SECOND } : undefined,
  );
  const reqId = await stack.start(
    body({ url_list: urls(...PATHS), pops: POPS, instance_count: INSTANCES, verify: "off", timeout: 60 }),
  );
  await stack.until(reqId, "FINISHED");
  const byInstance = new Map<string, number>();
  for (const { agent = "" } of await stack.taskResults(reqId)) byInstance.set(agent, (byInstance.get(agent) ?? 0) + 1);
  downloads = [...byInstance.values()];
  expect(downloads).toHaveLength(INSTANCES);
  expect(sum(downloads)).toBe(PATHS.length * POPS.length);
});

it(`no instance downloads more than ${MAX_SHARE} × the mean`, () => {
  expect(Math.max(...downloads), `${downloads}`).toBeLessThanOrEqual((MAX_SHARE * sum(downloads)) / INSTANCES);
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}
