// Leads and followers in a deployed stack: what the origin sees, and what becomes of those that wait.
import { describe, expect, it } from "vitest";
import { recOf } from "../../../domain/pops/site-of.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { readResults } from "../../../tools/local/pop-report.ts";
import { world } from "../../../tools/local/world.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import type { Stack } from "../stack.ts";

const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1", "CAI50-P1"];
const DUBLIN = ["DUB2-C1"];
const CLOSED = "SYD1-C1";
const SYDNEY = [CLOSED, "AKL50-C1", "BNE50-P1"];
const VARIANTS = ["desktop", "mobile"].map((name) => ({ name, header: [`X-Device: ${name}`] }));

/** So many small objects that no other test has. */
function objects(stack: Stack, folder: string, count: number): string[] {
  const paths = Array.from({ length: count }, (_, i) => `/${folder}/${i}.bin`);
  for (const path of paths) stack.standIn.edge.addObject(path, { size: 1_000 });
  return paths;
}

/** How often the origin was asked for objects of a folder, without the questions for their sizes. */
function originGets({ standIn: { edge } }: Stack, folder: string): number {
  return edge.originRequests().filter(({ path, probe }) => path.startsWith(`/${folder}/`) && !probe).length;
}

const good = (results: readonly TaskResult[]) => results.filter(({ ok }) => ok).length;

describe("leads and followers", () => {
  const running = deployedStack({
    edge: {
      ...world,
      closedPops: [CLOSED],
      // Nobody shares a fetch, so each POP that asks too early costs the origin one.
      behaviours: [{ keyHeaders: ["x-device"], collapsing: "off" }],
      origin: { delayMs: 200 },
    },
  });

  it("the origin is asked once for each URL, variant and REC, and every task is warm", async () => {
    const stack = running();
    const paths = objects(stack, "led", 12);
    const pops = [...TOKYO, ...FRANKFURT, ...DUBLIN];
    const reqId = await stack.start(body({ url_list: urls(...paths), pops, variants: VARIANTS, instance_count: 2 }));
    const { total_count: total, warm_count: warm } = await stack.until(reqId, "FINISHED");
    expect(warm).toBe(total);
    // Each POP has each form of each URL to warm, and each of the three RECs fetches it once.
    const forms = Number(total) / pops.length;
    expect(originGets(stack, "led")).toBe(forms * 3);
    // The catalogue knew their RECs: everybody but the leads was served by one.
    const tasks = await readResults(stack.prewarm, reqId);
    expect(new Set(tasks.map(({ pop }) => recOf(pop))).size).toBe(3);
  });

  it("with all-at-once it is asked more often", async () => {
    const stack = running();
    const paths = objects(stack, "rush", 12);
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...FRANKFURT], order: "all-at-once" });
    expect(await stack.until(await stack.start(request), "FINISHED")).toMatchObject({
      warm_count: 84,
      total_count: 84,
    });
    expect(originGets(stack, "rush")).toBeGreaterThan(2 * 12);
  });

  it("a lead whose POP refuses connections hands over to the next, at no cost to the origin", async () => {
    const stack = running();
    const paths = objects(stack, "closed", 12);
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: SYDNEY }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 36, warm_count: 24, failed_count: 12 });
    const failed = (await readResults(stack.prewarm, reqId)).filter(({ ok }) => !ok);
    expect(new Set(failed.map(({ pop, reason }) => `${pop} ${reason}`))).toEqual(new Set([`${CLOSED} connection`]));
    expect(originGets(stack, "closed")).toBe(12);
  });

  it("two leads that fail at the origin decide for the others of their REC, and for no other REC", async () => {
    const stack = running();
    const paths = objects(stack, "gone", 6);
    let asked = 0;
    stack.setFaults(({ method, path, pop }) => {
      if (method !== "GET" || !path.startsWith("/gone/") || !FRANKFURT.includes(pop)) return undefined;
      asked++;
      return { kind: "status", status: 404 };
    });
    const reqId = await stack.start(body({ url_list: urls(...paths), pops: [...FRANKFURT, ...TOKYO] }));
    expect(await stack.until(reqId, "FINISHED")).toMatchObject({ total_count: 42, warm_count: 18, failed_count: 24 });
    expect(asked).toBe(2 * 6);
    const results = await readResults(stack.prewarm, reqId);
    expect(good(results.filter(({ pop }) => TOKYO.includes(pop)))).toBe(18);
    const decided = results.filter(({ reason }) => reason === "not_asked");
    expect(decided).toHaveLength(2 * 6);
    for (const { error } of decided)
      expect(error).toMatch(
        /^NOT_ASKED: two POPs .* that decides: (\w+-\w+) \(HTTP 404\), (?!\1)\w+-\w+ \(HTTP 404\)$/,
      );
    expect((await stack.report(reqId)).filter((row) => row.includes("NOT_ASKED"))).toHaveLength(2 * 6);
  });
});
