// A request whose origin fails for a while.
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

/** Each has three addresses, and a REC of its own. */
const POPS = ["SIN2-C1", "FRA56-P2", "DFW55-C3"];
const isDownload = ({ method, headers }: { method: string; headers: { readonly range?: string | undefined } }) =>
  method === "GET" && headers.range === undefined;

describe("an origin that fails", () => {
  const stack = pipelineStack({
    edge: {
      aliases: [],
      pops: POPS.map((pop) => ({ pop, rec: `rec of ${pop}`, addresses: 3 })),
      site: {},
    },
  });

  it("for two seconds costs no task, though the regional edge cache keeps the error for ten", async () => {
    const paths = addObjects(stack, "outage", 12);
    failFrom(stack, paths, 2_000);
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: POPS }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 36, warm_count: 36, failed_count: 0 });
    const results = await stack.taskResults(reqId);
    const failedOnce = results.filter(({ attempts }) => attempts > 1);
    expect(failedOnce.length).toBeGreaterThanOrEqual(12);
    for (const { attempts, ms } of failedOnce) {
      expect(attempts).toBe(2);
      // Its time includes the wait between the two messages.
      expect(ms).toBeGreaterThan(11_000);
    }
  });
});

/** Has the origin answer 502 for some time from the first download of each path on. */
function failFrom(stack: PipelineStack, paths: readonly string[], ms: number): void {
  const { edge } = stack.standIn;
  const left = new Set(paths);
  stack.setFaults((request) => {
    if (!isDownload(request) || !left.delete(request.path)) return undefined;
    edge.addObject(request.path, { size: 100, status: 502 });
    setTimeout(() => edge.addObject(request.path, { size: 1_000 }), ms);
    return undefined;
  });
}
