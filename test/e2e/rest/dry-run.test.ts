// What a dry run says, beside what the same request then comes to in a deployed stack.
import { describe, expect, it } from "vitest";
import { type Estimate, estimateSchema } from "../../../domain/cost/estimate.ts";
import { world } from "../../../tools/local/world.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";
import { resetStack } from "../reset-stack.ts";
import type { Stack } from "../stack.ts";

const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1", "CAI50-P1"];
const DUBLIN = ["DUB2-C1"];
const VARIANTS = ["desktop", "mobile"].map((name) => ({ name, header: [`X-Device: ${name}`] }));

/** Objects that no other test has, of the sizes that `bytes` tells. */
function objects({ standIn: { edge } }: Stack, folder: string, count: number, bytes: (i: number) => number): string[] {
  const paths = Array.from({ length: count }, (_, i) => `/${folder}/${i}.bin`);
  for (const [i, path] of paths.entries()) edge.addObject(path, { size: bytes(i) });
  return paths;
}

/** What reached the origin of a folder: downloads, and questions for sizes. */
function reached({ standIn: { edge } }: Stack, folder: string) {
  const seen = edge.originRequests().filter(({ path }) => path.startsWith(`/${folder}/`));
  const questions = seen.filter(({ probe }) => probe).length;
  return { questions, downloads: seen.length - questions };
}

async function estimated(stack: Stack, request: Record<string, unknown>): Promise<Estimate> {
  const before = await stack.inventory();
  const { status, json } = await stack.post("prewarm", { ...request, dry_run: true });
  expect({ status, said: json["error_message"], id: json["request_id"] }).toEqual({ status: 200, said: "", id: "" });
  expect(await stack.inventory()).toEqual(before);
  return estimateSchema.parse(json["estimate"]);
}

/** Runs what was estimated, and compares. */
async function compare(stack: Stack, folder: string, request: Record<string, unknown>) {
  const estimate = await estimated(stack, request);
  const asked = reached(stack, folder);
  expect(asked).toEqual({ downloads: 0, questions: estimate.bytes.sampled });
  const ended = await stack.until(await stack.start(request), "FINISHED", 120_000);
  expect(ended).toMatchObject({ total_count: estimate.tasks, failed_count: 0 });
  const bytes = Number(ended["download_size"]);
  expect(bytes).toBe(ended["total_size"]);
  expect(bytes).toBeGreaterThanOrEqual(estimate.bytes.low ?? Number.NaN);
  expect(bytes).toBeLessThanOrEqual(estimate.bytes.high ?? Number.NaN);
  const { downloads } = reached(stack, folder);
  expect(downloads).toBeGreaterThanOrEqual(estimate.origin_fetches.least);
  expect(downloads).toBeLessThanOrEqual(estimate.origin_fetches.most);
  return { estimate, downloads, bytes };
}

describe("a dry run, and then the same request", () => {
  const running = deployedStack({
    edge: {
      ...world,
      // Nobody shares a fetch, so each POP that asks too early costs the origin one.
      behaviours: [{ keyHeaders: ["x-device"], collapsing: "off" }],
      origin: { delayMs: 100 },
    },
  });

  it("in variants, under three RECs: tasks, bytes and origin fetches are exact", async () => {
    const stack = running();
    const paths = objects(stack, "forms", 10, (i) => 1_000 * (i + 1));
    const pops = [...TOKYO, ...FRANKFURT, ...DUBLIN];
    const request = body({ url_list: urls(...paths), pops, variants: VARIANTS });
    const { estimate, downloads, bytes } = await compare(stack, "forms", request);
    expect(estimate).toMatchObject({ tasks: 160, origin_fetches: { expected: 60 }, pops: { count: 8 } });
    expect(downloads).toBe(60);
    expect(estimate.bytes).toMatchObject({ estimate: bytes, low: bytes, high: bytes, sampled: 20 });
  });

  it("all at once: the origin is asked once a REC at best, once a POP at most", async () => {
    const stack = running();
    const paths = objects(stack, "rush", 12, () => 2_000);
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...FRANKFURT], order: "all-at-once" });
    const { estimate } = await compare(stack, "rush", request);
    expect(estimate).toMatchObject({ tasks: 84, origin_fetches: { expected: null, least: 24, most: 84 } });
  });

  it("all at once, where each POP has a REC of its own: exact", async () => {
    const stack = running();
    const paths = objects(stack, "apart", 12, () => 2_000);
    const pops = ["KIX50-C1", "ATH50-C1", "DUB2-C1"];
    const request = body({ url_list: urls(...paths), pops, order: "all-at-once" });
    const { estimate, downloads } = await compare(stack, "apart", request);
    expect(estimate.origin_fetches.expected).toBe(36);
    expect(downloads).toBe(36);
  });

  it("without a second look", async () => {
    const stack = running();
    const paths = objects(stack, "off", 8, () => 30_000);
    const request = body({ url_list: urls(...paths), pops: TOKYO, verify: "off" });
    const { estimate, downloads } = await compare(stack, "off", request);
    expect(estimate.tasks).toBe(24);
    expect(downloads).toBe(estimate.origin_fetches.expected);
    // Its timer goes a moment after its end.
    await resetStack(stack);
    const twice = await estimated(stack, { ...request, verify: "edge" });
    const requestsOf = (it: Estimate) => it.dollars.lines.find(({ line }) => line === "cloudfront_requests")?.of;
    expect([requestsOf(estimate), requestsOf(twice)]).toEqual([
      expect.stringMatching(/^1 a task/),
      expect.stringMatching(/^2 a task/),
    ]);
  });

  it("of 400 unequal objects: a hundred sizes tell between which bounds the bytes lie", async () => {
    const stack = running();
    // Most are small; one in ten is about fifty times as large.
    const paths = objects(stack, "uneven", 400, (i) => (i % 10 === 7 ? 100_000 + 200 * i : 1_000 + 10 * i));
    const request = body({ url_list: urls(...paths), pops: [...TOKYO, ...DUBLIN], instance_count: 2 });
    const { estimate, downloads, bytes } = await compare(stack, "uneven", request);
    expect(estimate).toMatchObject({ tasks: 1_600, origin_fetches: { expected: 800 }, bytes: { sampled: 100 } });
    expect(downloads).toBe(800);
    const { low, high } = estimate.bytes;
    // Bounds that say nothing would hold, too.
    expect(((high ?? 0) - (low ?? 0)) / bytes).toBeLessThan(2.5);
  });

  it("of 150 objects in two variants, sizes rising along the list", async () => {
    const stack = running();
    const paths = objects(stack, "rising", 150, (i) => 500 * (i + 1));
    const request = body({ url_list: urls(...paths), pops: [...DUBLIN, "KIX50-C1"], variants: VARIANTS });
    const { estimate, downloads, bytes } = await compare(stack, "rising", request);
    expect(estimate).toMatchObject({ tasks: 600, bytes: { sampled: 100, unknown: 0, unreadable: 0 } });
    expect(downloads).toBe(estimate.origin_fetches.expected);
    expect(Math.abs((estimate.bytes.estimate ?? 0) - bytes) / bytes).toBeLessThan(0.1);
  });

  it("GET /settings tells what the estimate was made for", async () => {
    const { status, json } = await running().call("GET", "settings");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ env_name: "prod", version: expect.stringMatching(/^\d+\.\d+\.\d+/), private: false },
      instances: { estimate: { type: "c7gn.large", vcpus: 2 } },
    });
  });
});
