// Requests whose origin fails for a while.
import { describe, expect, it } from "vitest";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { DEVICES } from "../../e2e/recs.ts";
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
      behaviours: [{ path: "/device/*", keyHeaders: ["x-device"] }, {}],
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

  it("for one variant leaves the attempts of the next one to it", async () => {
    stack.standIn.edge.addObject("/device/a.html", { size: 3_000, vary: ["x-device"] });
    const asked: Record<string, number> = { desktop: 0, mobile: 0 };
    stack.setFaults((request) => {
      const device = String(request.headers["x-device"]);
      if (!isDownload(request) || request.path !== "/device/a.html" || asked[device] === undefined) return undefined;
      const failures = device === "desktop" ? 3 : 2;
      return ++asked[device] <= failures ? { kind: "status", status: 502 } : undefined;
    });
    const [pop = ""] = POPS;
    const reqId = await stack.start(body({ url_list: urls("/device/a.html"), pops: [pop], variants: DEVICES }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 2, warm_count: 1, failed_count: 1 });
    const results = await stack.taskResults(reqId);
    expect(results.map(({ variant, ok, attempts }) => ({ variant, ok, attempts }))).toEqual([
      { variant: "desktop", ok: false, attempts: 3 },
      { variant: "mobile", ok: true, attempts: 3 },
    ]);
    for (const { ms } of results) {
      // Two waits for each, and not those of the other.
      expect(ms).toBeGreaterThan(22_000);
      expect(ms).toBeLessThan(40_000);
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
