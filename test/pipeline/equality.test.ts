// The direct engine and the stack make the same of a request: the answers of the API, the report, and the results of all tasks. Each has an
// edge of its own, which is the same at the beginning, and both are sent the same bodies in the same order.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { directClient } from "../../cli/direct/direct.ts";
import { type Edge, edgeEnvironment, startEdge } from "../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../tools/edge/edge-options.ts";
import type { SiteObject } from "../../tools/edge/site.ts";
import { HARD_CASES } from "../../tools/lab/scenarios/hard-cases.ts";
import { dashFilm, hlsFilm } from "../e2e/media.ts";
import { DEAD_POP, EDGE, FRANKFURT, HOST, type Pipeline, SINGAPORE, TOKYO, trust } from "./pipeline.ts";
import { body, failGet, files, SCENARIOS, type Scenario, text } from "./scenarios.ts";
import { Normaliser, runScenario, sorted } from "./trace.ts";

/**
 * Of answers and of rows: times, addresses and attempts. Which failures are the examples depends on whose results came first, and only a
 * stack has instances.
 */
const NOT_COMPARED = new Set([
  ...["ms", "first_byte_ms", "age", "bytes_per_second", "created_at", "last_update_time", "timestamp", "timeout_at"],
  ...["address", "x_amz_cf_id", "failure_pop_urls_report", "results_url"],
  ...["attempts", "rounds", "examples", "instance_count"],
]);

/** A POP under the REC of TOKYO that refuses every connection. */
const CLOSED_POP = "NRT12-C4";
const POPS = [...EDGE.pops, { pop: CLOSED_POP, rec: "tokyo" }];

/** Cases that deceive without others who ask at the same time. */
const DECEPTIONS = HARD_CASES.flatMap(({ behaviour, crowd }) =>
  behaviour === undefined || crowd === true ? [] : [behaviour],
);
const HARD = { serverTiming: 0, collapsing: "off", encodings: ["br", "gzip"], compress: true } as const;

const EDGES: Readonly<Record<string, Partial<EdgeOptions>>> = {
  "the default edge": { pops: POPS, closedPops: [CLOSED_POP] },
  "the hard edge": {
    pops: POPS.map((it) => ({ ...it, addresses: 2, caches: "own" as const })),
    closedPops: [CLOSED_POP],
    // The n-th object of each body deceives in the n-th way.
    behaviours: [...DECEPTIONS.map((it, n) => ({ ...HARD, ...it, path: `*/${n}.bin` })), HARD],
    origin: { delayMs: 300 },
  },
};

const leads = files("leads", 4);
const capped = {
  "/capped/kept.bin": { size: 1_001 },
  "/capped/stalls.bin": { size: 2_003 },
  "/capped/not-kept.bin": { size: 3_001, headers: { "cache-control": "no-store" } },
};
const films = Object.fromEntries<SiteObject>(
  [...hlsFilm("/films/hls", "../keys/2.bin"), ...dashFilm("/films/dash"), { path: "/films/keys/2.bin" }].map((it) => [
    it.path,
    "text" in it && it.text !== undefined ? text(it.text) : { size: 1_200 },
  ]),
);

/** What a trace sends, with other fields. */
function asTraced(name: string, changes: Readonly<Record<string, unknown>> = {}): Scenario {
  const scenario = SCENARIOS.find((it) => it.name === name);
  if (scenario === undefined) throw new Error(`there is no trace ${name}`);
  return {
    ...scenario,
    bodies: scenario.bodies.map((bodyOf) => (previousId) => ({ ...bodyOf(previousId), ...changes })),
  };
}

const REQUESTS: readonly Scenario[] = [
  asTraced("pops", { need_invalidate: undefined }),
  asTraced("countries"),
  asTraced("variants"),
  {
    name: "leads",
    site: leads,
    faults: () => failGet(/^\/leads\/[01]/, { kind: "status", status: 404 }, FRANKFURT),
    bodies: [body(leads, { pops: [CLOSED_POP, ...TOKYO, ...FRANKFURT, ...SINGAPORE] })],
  },
  asTraced("limits"),
  asTraced("sources", { verify: "off" }),
  {
    name: "films",
    site: films,
    bodies: [
      body(
        {},
        {
          url_list: undefined,
          pops: [...SINGAPORE, ...FRANKFURT.slice(0, 1)],
          sources: [
            { type: "hls", url: `https://${HOST}/films/hls/master.m3u8` },
            { type: "dash", url: `https://${HOST}/films/dash/manifest.mpd` },
          ],
        },
      ),
    ],
  },
  asTraced("retry"),
  asTraced("failures", { pops: [...FRANKFURT, ...SINGAPORE, DEAD_POP] }),
  {
    name: "max_failures",
    site: capped,
    // One fails when the others are done or stand still.
    faults: () => (request) => {
      if (request.method !== "GET") return undefined;
      if (request.path.endsWith("/stalls.bin")) return { kind: "stall", after: 100 };
      return request.path.endsWith("/not-kept.bin") ? { kind: "slow", ms: 5_000 } : undefined;
    },
    bodies: [body(capped, { pops: SINGAPORE, max_failures: 0 })],
  },
  asTraced("timeout"),
];

/** One request of {@link REQUESTS}, and the faults while it runs. */
const ROUNDS = REQUESTS.flatMap(({ name, bodies, faults }) =>
  bodies.map((bodyOf, round) => ({ name: round === 0 ? name : `${name}, again`, bodyOf, faults: faults?.(round) })),
);

const ALL: Omit<Scenario, "options"> = {
  name: "all",
  site: Object.assign({}, ...REQUESTS.map(({ site }) => site)),
  faults: (round) => ROUNDS[round]?.faults,
  bodies: ROUNDS.map(({ bodyOf }) => bodyOf),
};

/** What a request has come to. */
interface Ended {
  readonly progress: unknown;
  readonly summary: unknown;
  readonly report: Buffer | undefined;
  readonly results: Buffer | undefined;
}

const DETAIL = "pops,failures";

async function endOfStack(pipeline: Pipeline, reqId: string): Promise<Ended> {
  const fileOf = (name: string) =>
    [...pipeline.aws.s3.objects].find(([key]) => key.endsWith(`/${reqId}/${name}`))?.[1] as Buffer | undefined;
  return {
    progress: await pipeline.call("GET", `prewarm?req_id=${reqId}&detail=${DETAIL}`),
    summary: await pipeline.call("GET", `summary?req_id=${reqId}`),
    report: fileOf("report.csv"),
    results: fileOf("results.csv.gz"),
  };
}

/** Warms by the command's engine what the bodies say, on this machine's disk. */
async function runDirect(edge: Edge): Promise<{ readonly ids: string[]; readonly ended: Ended[] }> {
  const state = mkdtempSync(join(tmpdir(), "prewarm-equal-"));
  const client = directClient({
    env: { ...edgeEnvironment(edge), XDG_STATE_HOME: state },
  });
  const ids: string[] = [];
  const ended: Ended[] = [];
  try {
    for (const { bodyOf, faults } of ROUNDS) {
      edge.setFaults(faults);
      const { item } = await client.create(JSON.parse(JSON.stringify(bodyOf(ids.at(-1) ?? ""))));
      const { req_id: id } = item;
      await client.start(item);
      ids.push(id);
      await client.ended(id);
      const { json: progress } = await client.progress(id, { detail: DETAIL });
      const { value: summary, json } = await client.summary(id);
      const fileAt = (url: string | null | undefined) => (url == null ? undefined : readFileSync(fileURLToPath(url)));
      ended.push({
        progress,
        summary: json,
        report: fileAt(summary.failure_pop_urls_report),
        results: fileAt(summary.results_url),
      });
    }
    return { ids, ended };
  } finally {
    rmSync(state, { recursive: true });
  }
}

/** Without what is not compared, lists in one order. */
function comparable(value: unknown, normaliser: Normaliser): unknown {
  const strip = (it: unknown): unknown => {
    if (Array.isArray(it)) return sorted(it.map(strip));
    if (typeof it !== "object" || it === null) return it;
    return Object.fromEntries(
      Object.entries(it).flatMap(([name, one]) => (NOT_COMPARED.has(name) ? [] : [[name, strip(one)]])),
    );
  };
  return normaliser.value(strip(JSON.parse(JSON.stringify(value))));
}

function rowsOf(bytes: Buffer | undefined, normaliser: Normaliser): unknown {
  if (bytes === undefined) return "no file";
  const content = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
  return sorted((parse(content, { columns: true }) as unknown[]).map((row) => comparable(row, normaliser)));
}

describe.each(Object.entries(EDGES))("at %s", (_, edgeOptions) => {
  const seen: { stack: readonly Ended[]; direct: readonly Ended[] } = { stack: [], direct: [] };
  let normalisers: { stack: Normaliser; direct: Normaliser };

  beforeAll(async () => {
    const ids: string[] = [];
    await runScenario(
      { ...ALL, options: { edge: edgeOptions } },
      {
        whenClosed: async (pipeline, reqId) => {
          ids.push(reqId);
          return endOfStack(pipeline, reqId);
        },
        atEnd: async (pipeline, ended) => {
          const edge = await startEdge({ ...EDGE, ...edgeOptions, site: ALL.site });
          const untrust = trust(edge.caPem);
          try {
            const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
            const direct = await runDirect(edge);
            Object.assign(seen, { stack: ended, direct: direct.ended });
            normalisers = {
              stack: new Normaliser(ids, pipeline.startedAt),
              direct: new Normaliser(direct.ids, startedAt),
            };
          } finally {
            untrust();
            await edge.close();
          }
        },
      },
    );
  }, 600_000);

  const both = (of: (ended: Ended, normaliser: Normaliser) => unknown, n: number) =>
    (["direct", "stack"] as const).map((engine) => {
      const ended = seen[engine][n];
      if (ended === undefined) throw new Error(`${engine} has no ${n}`);
      return of(ended, normalisers[engine]);
    });

  describe.each(ROUNDS.map(({ name }, n) => ({ name, n })))("$name", ({ n }) => {
    test("has the same results", () => {
      const [direct, stack] = both(({ results }, normaliser) => rowsOf(results, normaliser), n);
      expect(direct).toEqual(stack);
    });

    test("has the same report", () => {
      const [direct, stack] = both(({ report }, normaliser) => rowsOf(report, normaliser), n);
      expect(direct).toEqual(stack);
    });

    test("has the same counts, warnings and verdict", () => {
      const [direct, stack] = both(({ progress }, normaliser) => comparable(progress, normaliser), n);
      expect(direct).toEqual(stack);
    });

    test("has the same summary", () => {
      const [direct, stack] = both(({ summary }, normaliser) => comparable(summary, normaliser), n);
      expect(direct).toEqual(stack);
    });
  });
});
