// The scope `regional` against the stand-in edge, in both engines: the map of POPs to RECs is right, or wrong for a third of them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { directClient } from "../../../cli/direct/direct.ts";
import { grouped } from "../../../domain/collections.ts";
import { dollarsOf, edgeLines } from "../../../domain/cost/bill.ts";
import { REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import { type Edge, edgeEnvironment, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import { EDGE, HOST, Pipeline, trust } from "../pipeline.ts";
import { files, urlsOf } from "../scenarios.ts";

const TOKYO = ["KIX50-C1", "KIX50-P2", "KIX50-P3"];
const FRANKFURT = ["ATH50-C1", "BRU50-C1", "BUD50-C1"];
const POPS = [...TOKYO, ...FRANKFURT];
const OBJECTS = 12;
const SITE = files("regional", OBJECTS);

const answerSchema = z.object({
  verdict: z.string().nullable().optional(),
  total_count: z.number(),
  failed_count: z.number(),
  regional_count: z.number(),
  percentage_complete: z.number(),
  pops: z.array(z.object({ pop: z.string(), coverage: z.string(), total_count: z.number() })),
});
const summarySchema = z.object({
  sentence: z.string(),
  readiness: z.object({ regional: z.record(z.string(), z.unknown()) }),
});

/** What a request has come to, and what the edge saw of it. */
interface Ended {
  readonly answer: z.infer<typeof answerSchema>;
  readonly summary: z.infer<typeof summarySchema>;
  /** POPs of the GETs of whole objects. */
  readonly gets: readonly string[];
  /** Number of objects by REC. */
  readonly kept: Readonly<Record<string, number>>;
}

function edgeOf(recOf: Readonly<Record<string, string>>, serverTiming: "off" | number): EdgeOptions {
  return {
    ...EDGE,
    pops: POPS.map((pop) => ({ pop, rec: recOf[pop] ?? "" })),
    behaviours: [{ serverTiming }],
    site: SITE,
    logPops: true,
  };
}

const body = (changes: object = {}) => ({
  url_list: urlsOf(SITE),
  cf_domain: HOST,
  pops: POPS,
  timeout: 30,
  instance_count: 1,
  scope: "regional",
  ...changes,
});

/** Runs a request in the stack, and then in the direct engine, each at an edge of its own, in virtual time. */
async function inBothEngines(options: EdgeOptions, changes?: object) {
  const pipeline = await Pipeline.start({ edge: options });
  try {
    const started = await pipeline.call("POST", "prewarm", body(changes));
    const { request_id: id } = z.object({ request_id: z.string() }).parse(started);
    await pipeline.untilClosed(id);
    const answer = answerSchema.parse(await pipeline.call("GET", `prewarm?req_id=${id}&detail=pops`));
    const summary = summarySchema.parse(await pipeline.call("GET", `summary?req_id=${id}`));
    const stack: Ended = { answer, summary, ...seenBy(pipeline.edge) };
    return { stack, direct: await inDirectEngine(options, changes) };
  } finally {
    await pipeline.close();
  }
}

async function inDirectEngine(options: EdgeOptions, changes?: object): Promise<Ended> {
  const state = mkdtempSync(join(tmpdir(), "prewarm-regional-"));
  const edge = await startEdge(options);
  const untrust = trust(edge.caPem);
  try {
    const client = directClient({ env: { ...edgeEnvironment(edge), XDG_STATE_HOME: state } });
    const { item } = await client.create(JSON.parse(JSON.stringify(body(changes))));
    await client.start(item);
    await client.ended(item.req_id);
    const answer = answerSchema.parse((await client.progress(item.req_id, { detail: "pops" })).json);
    const summary = summarySchema.parse((await client.summary(item.req_id)).json);
    return { answer, summary, ...seenBy(edge) };
  } finally {
    untrust();
    await edge.close();
    rmSync(state, { recursive: true });
  }
}

/** GETs of objects at POPs, and the number of objects that each REC keeps. */
function seenBy(edge: Edge): Pick<Ended, "gets" | "kept"> {
  const gets = edge.popRequests().filter(({ method, range }) => method === "GET" && range === undefined);
  const kept: Record<string, number> = {};
  for (const path of Object.keys(SITE))
    for (const holder of edge.holders(path)) if (holder.layer === "rec") kept[holder.rec] = (kept[holder.rec] ?? 0) + 1;
  return { gets: gets.map(({ pop }) => pop), kept };
}

function coverageIn({ answer }: Ended): Record<string, string> {
  return Object.fromEntries(answer.pops.map(({ pop, coverage }) => [pop, coverage]));
}

const RIGHT = Object.fromEntries([
  ...TOKYO.map((pop) => [pop, "tokyo"]),
  ...FRANKFURT.map((pop) => [pop, "frankfurt"]),
]);
/** A third of the POPs is under another REC. */
const WRONG = { ...RIGHT, "KIX50-P3": "elsewhere", "BUD50-C1": "tokyo" };

describe("a request for RECs", { timeout: 120_000 }, () => {
  test("requests each object twice for each REC, and one sample at each other POP, if the map is right", async () => {
    const { stack, direct } = await inBothEngines(edgeOf(RIGHT, 100));
    for (const ended of [stack, direct]) {
      expect(ended.answer).toMatchObject({ verdict: "ready", failed_count: 0, total_count: 2 * OBJECTS + 4 });
      expect(Object.values(coverageIn(ended)).toSorted()).toEqual([...Array(4).fill("covered"), "lead", "lead"]);
      expect(ended.kept).toEqual({ tokyo: OBJECTS, frankfurt: OBJECTS });
      expect(ended.gets.length - 4).toBeLessThanOrEqual(2.05 * 2 * OBJECTS);
      expect(ended.summary.sentence).toContain(
        "2 of 2 regional edge caches keep all objects; 4 POPs are covered by samples.",
      );
    }
    expect(direct.summary.readiness).toEqual(stack.summary.readiness);
    expect(coverageIn(direct)).toEqual(coverageIn(stack));
  });

  test("has POPs lead for themselves that have another REC, and names them", async () => {
    const { stack, direct } = await inBothEngines(edgeOf(WRONG, 100));
    for (const ended of [stack, direct]) {
      const coverage = coverageIn(ended);
      expect(coverage["KIX50-P3"]).toBe("lead");
      expect(coverage["BUD50-C1"]).toBe("lead");
      expect(ended.answer).toMatchObject({ verdict: "ready", failed_count: 0, percentage_complete: 100 });
      expect(ended.answer.total_count).toBe(4 * OBJECTS + 2);
      for (const [pop, kind] of Object.entries(coverage))
        if (kind === "covered") expect(ended.kept[WRONG[pop as keyof typeof WRONG] ?? ""]).toBe(OBJECTS);
      expect(ended.summary.sentence).toContain("2 POPs requested all objects, because no sample shows");
      expect(ended.summary.sentence).toContain("KIX50-P3 (the sample was a miss)");
    }
    expect(coverageIn(direct)).toEqual(coverageIn(stack));
    expect(direct.answer.pops).toEqual(stack.answer.pops);
  });
});

test("a request whose limit of bytes is too low for POPs that lead for themselves ends without them, and says so", {
  timeout: 120_000,
}, async () => {
  const total = Object.values(SITE).reduce((sum, { size }) => sum + size, 0);
  // Two leads download and check each object; two more would double that.
  const { stack, direct } = await inBothEngines(edgeOf(WRONG, 100), { max_bytes: 6 * total });
  for (const ended of [stack, direct]) {
    expect(ended.answer.verdict).toBe("ready_with_exceptions");
    expect(coverageIn(ended)).toMatchObject({ "KIX50-P3": "not_covered", "BUD50-C1": "not_covered" });
    expect(ended.summary.sentence).toContain(
      "a limit of the request or deployment kept them from requesting all objects",
    );
    expect(ended.summary.readiness.regional["not_extended"]).toMatch(/^max_bytes: /);
  }
});

const sentBytes = (seen: ReturnType<Edge["popRequests"]>) =>
  seen.filter(({ method }) => method === "GET").reduce((sum, it) => sum + it.bytes, 0);

describe("the estimate of a request, against the log of the edge", { timeout: 120_000 }, () => {
  const LARGE = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`/large/${n}.bin`, { size: 300_000 + n }]));
  const price = z.object({ requests: z.number(), bytes: z.number() });
  const estimateSchema = z.object({
    estimate: z.object({ prices: z.object({ as_asked: price }) }),
  });
  const transferredSchema = z.object({ transferred_bytes: z.number(), failed_count: z.literal(0) });

  test.each<[serverTiming: "off" | number, changes: object]>([
    [100, { scope: "pop", downloads: 1 }],
    ["off", { scope: "pop" }],
    [100, { scope: "regional" }],
  ])("Server-Timing: %s, %j: requests and bytes differ by at most 3 in 100", async (timing, changes) => {
    const pipeline = await Pipeline.start({ edge: { ...edgeOf(RIGHT, timing), site: LARGE } });
    try {
      const asked = body({ url_list: urlsOf(LARGE), ...changes });
      const dry = estimateSchema.parse(await pipeline.call("POST", "prewarm", { ...asked, dry_run: true }));
      const probes = pipeline.edge.popRequests().length;
      const started = await pipeline.call("POST", "prewarm", asked);
      const { request_id: id } = z.object({ request_id: z.string() }).parse(started);
      await pipeline.untilClosed(id);
      const seen = pipeline.edge.popRequests().slice(probes);
      const answer = transferredSchema.parse(await pipeline.call("GET", `prewarm?req_id=${id}`));
      const { requests, bytes } = dry.estimate.prices.as_asked;
      expect(Math.abs(seen.length / requests - 1)).toBeLessThanOrEqual(0.03);
      expect(Math.abs(answer.transferred_bytes / bytes - 1)).toBeLessThanOrEqual(0.03);
      // A sample is left at its head after one slice: here that is most of a body, in the patch below it is nothing.
      const sent = sentBytes(seen);
      if (!("scope" in changes && changes.scope === "regional"))
        expect(Math.abs(sent / bytes - 1)).toBeLessThanOrEqual(0.03);
    } finally {
      await pipeline.close();
    }
  });
});

test("a patch of 80 GB for 16 POPs under 6 RECs costs at most 42 dollars by the log of the edge", {
  timeout: 120_000,
}, async () => {
  // A small part of its bytes: a list of its files, and three of them.
  const parts = Array.from({ length: 3 }, (_, n) => [`/patch/${n}.bin`, { size: 600_000 + n }] as const);
  const site = { "/patch/files.json": { size: 2_000 }, ...Object.fromEntries(parts) };
  const SCALE = 80e9 / Object.values(site).reduce((sum, { size }) => sum + size, 0);
  const pops = [...REGION_DEFAULTS.eu, ...REGION_DEFAULTS.us];
  const recs = new Set(pops.map(recOf));
  expect([pops.length, recs.size]).toEqual([16, 6]);
  const pipeline = await Pipeline.start({
    edge: {
      ...EDGE,
      pops: pops.map((pop) => ({ pop, rec: recOf(pop) ?? "" })),
      behaviours: [{ serverTiming: 100 }],
      site,
      logPops: true,
    },
  });
  try {
    const started = await pipeline.call("POST", "prewarm", body({ url_list: urlsOf(site), pops }));
    const { request_id: id } = z.object({ request_id: z.string() }).parse(started);
    await pipeline.untilClosed(id);
    expect(await pipeline.call("GET", `prewarm?req_id=${id}`)).toMatchObject({ verdict: "ready", failed_count: 0 });
    const seen = pipeline.edge.popRequests().filter(({ method }) => method === "GET");
    const traffic = [...grouped(seen, ({ pop }) => pop)].map(([pop, its]) => {
      const bytes = SCALE * sentBytes(its);
      return { pop, tasks: 0, size: 0, requests: its.length, bytes };
    });
    const dollars = dollarsOf(edgeLines(traffic, 4));
    expect(dollars).toBeGreaterThan(40);
    expect(dollars).toBeLessThanOrEqual(42);
  } finally {
    await pipeline.close();
  }
});
