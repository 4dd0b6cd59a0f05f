import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Edge } from "../edge/edge.ts";
import type { OriginRequestSeen } from "../edge/origin-log.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { coldAnswers } from "./ask-as-viewer.ts";
import { type Claims, pathOf } from "./claims.ts";
import { popsUnder } from "./pops-under.ts";
import { firstOf, wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, type WarmthStack } from "./warmth-stack.ts";

const URLS = 20;
const RECS = 6;
const POPS_EACH = 5;
/** So that others of a REC ask while the first fetch is on its way, if nothing keeps them from it. */
const ORIGIN_MS = 300;
/** `br,gzip` goes first: what is kept first of a compressible object stays. */
const VARIANTS = [
  { name: "br", header: ["Accept-Encoding: br, gzip"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
];

const RUNS = [
  { verify: "edge", order: "lead-first" },
  { verify: "addresses", order: "lead-first" },
  { verify: "edge", order: "all-at-once" },
] as const;
type Run = (typeof RUNS)[number];

/** URLs in two forms at POPs with two servers each, under several RECs, where no request shares another one's fetch. */
export const edge = (claims: Claims): LabPart => ({
  name: "edge",
  async run(say, { scale }) {
    const pops = popsUnder(Math.max(2, Math.round(RECS * scale)), POPS_EACH);
    const paths = Array.from({ length: Math.max(2, Math.round(URLS * scale)) }, (_, i) => `/css/${i}.css`);
    const object = { size: 20_000, letters: true, headers: { "content-type": "text/css" } };
    const stack = await startWarmthStack({
      edge: {
        pops: pops.map((it) => ({ ...it, addresses: 2, caches: "own" as const })),
        site: Object.fromEntries(paths.map((path) => [path, object])),
        behaviours: [{ encodings: ["br", "gzip"], compress: true, collapsing: "off", serverTiming: 0 }],
        origin: { delayMs: ORIGIN_MS },
      },
      say,
    });
    try {
      const names = pops.map(({ pop }) => pop);
      const fewest = paths.length * VARIANTS.length * new Set(pops.map(({ rec }) => rec)).size;
      const rows: LabRow[] = [];
      for (const it of RUNS) rows.push(...(await runOnce(stack, it, { paths, pops: names, fewest }, claims)));
      return rows;
    } finally {
      await stack.close();
    }
  },
});

interface Load {
  readonly paths: readonly string[];
  readonly pops: readonly string[];
  /** GETs of the origin, if each REC fetches each form once. */
  readonly fewest: number;
}

async function runOnce(
  { edge: it, run, rest }: WarmthStack,
  { verify, order }: Run,
  { paths, pops, fewest }: Load,
  claims: Claims,
): Promise<LabRow[]> {
  it.invalidate(["/*"]);
  const before = it.originRequests().length;
  const { progress, results } = await run(bodyOf(paths, pops, { verify, order, variants: VARIANTS }));
  const asked = it.originRequests().slice(before);
  await rest();
  const what = `${verify}, ${order}`;
  const tasks = paths.length * VARIANTS.length * pops.length;
  const warm = results.filter(({ outcome }) => outcome === "warm").length;
  const questions = questionsOf(results, it);
  const cold = await coldAnswers(it, questions);
  return [
    wantedRow(`${what}: every task is warm`, `FINISHED, ${tasks} warm`, `${progress.status}, ${warm} warm`, [
      progress.status === "FINISHED",
      warm === tasks,
      results.length === tasks,
    ]),
    originRow(what, order, asked, fewest),
    wantedRow(
      `${what}: asked again ${verify === "edge" ? "at the address that was warmed" : "at every address"}`,
      "all told EDGE hits",
      cold.length === 0
        ? `${questions.length} EDGE hits`
        : `${cold.length} of ${questions.length} others: ${firstOf(cold)}`,
      [results.length === tasks, ...questions.map((_, i) => i >= cold.length)],
    ),
    claims.row(what, results, it),
  ];
}

/** All at once, it is only said how many there were. */
function originRow(what: string, order: Run["order"], asked: readonly OriginRequestSeen[], fewest: number): LabRow {
  const gets = asked.filter(({ probe }) => !probe).length;
  const saw = `${gets} GETs, ${asked.length - gets} probes`;
  if (order === "all-at-once")
    return wantedRow(`${what}: the origin's GETs of tasks`, `any, ${fewest} at least`, saw, [gets >= fewest]);
  return wantedRow(`${what}: the origin's GETs of tasks`, String(fewest), saw, [gets === fewest]);
}

function questionsOf(results: readonly TaskResult[], { addressesOf }: Edge) {
  return results.flatMap(({ pop, url, variant, address = "", addresses }) =>
    (addresses === undefined ? [address] : addressesOf(pop)).map((one) => ({
      path: pathOf(url),
      address: one,
      header: VARIANTS.find(({ name }) => name === variant)?.header ?? [],
    })),
  );
}
