import { cutText } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Behaviour } from "../edge/behaviour.ts";
import type { Edge } from "../edge/edge.ts";
import type { FaultHook } from "../edge/faults.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { type Claims, pathOf } from "./claims.ts";
import { startCrowd } from "./crowd.ts";
import { HARD_CASES, type HardCase, type Wanted } from "./hard-cases.ts";
import { popsUnder } from "./pops-under.ts";
import { counted, wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, type WarmthStack } from "./warmth-stack.ts";

/** Long enough that one of the crowd's requests is always on its way. */
const ORIGIN_MS = 200;
/** How many there are in a crowd, at each address. */
const CROWD = 2;
const LONGEST_ERROR = 90;
/** Reason of a task that nobody tried, because two others of its REC failed at the origin. */
const DECIDED = "not_asked";

/** The three ways to look: which cases are asked for, and what is wanted of them. */
const WAYS = {
  told: { verify: "edge", wanted: ({ told }: HardCase) => told },
  untold: { verify: "edge", wanted: ({ told, untold = told }: HardCase) => untold },
  addresses: { verify: "addresses", wanted: ({ told, addresses = told }: HardCase) => addresses },
} as const;
type Way = keyof typeof WAYS;
const ways: readonly Way[] = ["told", "untold", "addresses"];

/** What is looked at, and how. */
interface Look {
  readonly way: Way;
  readonly cases: readonly HardCase[];
}

/** One URL of each kind that deceives, at POPs with two servers each, with Server-Timing, without it, and at every address. */
export const hard = (claims: Claims, cases: readonly HardCase[] = HARD_CASES): LabPart => ({
  name: "hard",
  async run(say) {
    // A REC with three POPs, where leads may fail one after the other, and one with a single POP.
    const pops = [...popsUnder(1, 3), ...popsUnder(2, 1).slice(1)].map((it) => ({
      ...it,
      addresses: 2,
      caches: "own" as const,
    }));
    const stack = await startWarmthStack({
      edge: { pops, site: site(cases), behaviours: behaviours(cases), origin: { delayMs: ORIGIN_MS } },
      say,
    });
    const names = pops.map(({ pop }) => pop);
    stack.edge.setFaults(faults(stack.edge, names, cases));
    const goHome = startCrowd(stack.edge, crowded(stack.edge, names, cases));
    try {
      const looks = await Promise.all(ways.map((way) => look(stack, { way, cases }, names, claims)));
      return looks.flat();
    } finally {
      await goHome();
      await stack.close();
    }
  },
});

async function look(
  { run, edge }: WarmthStack,
  { way, cases }: Look,
  pops: readonly string[],
  claims: Claims,
): Promise<LabRow[]> {
  const { verify, wanted } = WAYS[way];
  const paths = cases.map((it) => pathIn(way, it));
  const { progress, results } = await run(bodyOf(paths, pops, { verify, instance_count: 1 }));
  return [
    wantedRow(
      `${way}: the request`,
      `FINISHED with ${paths.length * pops.length} results`,
      `${progress.status} with ${results.length}`,
      [progress.status === "FINISHED", results.length === paths.length * pops.length],
    ),
    ...cases.map((it) => caseRow(way, it, wanted(it), pops.length, results)),
    claims.row(way, results, edge),
    ...(way === "untold" ? [nothingWarm(results)] : []),
  ];
}

function caseRow(way: Way, it: HardCase, wanted: Wanted, tasks: number, all: readonly TaskResult[]): LabRow {
  const results = all.filter(({ url }) => pathOf(url) === pathIn(way, it));
  const [error] = results.flatMap((result) => result.error ?? []);
  const says = error === undefined ? "" : `: ${cutText(error, LONGEST_ERROR)}`;
  const saw = `${counted(results.map(({ outcome = "failed", reason }) => (reason === undefined ? outcome : `${outcome}, ${reason}`)))}${says}`;
  const { outcome, reason } = wanted;
  const missing = Array.from({ length: Math.max(0, tasks - results.length) }, () => false);
  return wantedRow(`${way}: ${it.name}`, reason === undefined ? outcome : `${outcome}, ${reason}`, saw, [
    ...results.map((result) => isAsWanted(result, wanted)),
    ...missing,
  ]);
}

/** A failure says why; so does one that two others have decided. */
export function isAsWanted(
  result: Pick<TaskResult, "ok" | "outcome" | "warning" | "reason" | "error">,
  wanted: Wanted,
): boolean {
  const { ok, outcome, warning, error = "" } = result;
  if (wanted.orDoubtfulHit === true && outcome === "hit" && warning !== undefined) return true;
  if (wanted.reason === undefined) return outcome === wanted.outcome;
  const reason = String(result.reason);
  if (reason === DECIDED) return !ok && error !== "";
  return outcome === wanted.outcome && reason === wanted.reason && (wanted.says?.test(error) ?? true);
}

function nothingWarm(results: readonly TaskResult[]): LabRow {
  const warm = results.filter(({ outcome }) => outcome === "warm").length;
  return wantedRow("untold: nothing is called warm", "0 warm", `${warm} warm`, [warm === 0]);
}

function pathIn(way: Way, { file }: HardCase): string {
  return `/${way}/${file}`;
}

function site(cases: readonly HardCase[]) {
  return Object.fromEntries(ways.flatMap((way) => cases.map((it) => [pathIn(way, it), it.object])));
}

function behaviours(cases: readonly HardCase[]): Behaviour[] {
  return ways.flatMap((way) => {
    const serverTiming = way === "untold" ? ("off" as const) : 0;
    const own = cases.flatMap((it) =>
      it.behaviour === undefined ? [] : [{ ...it.behaviour, path: pathIn(way, it), serverTiming }],
    );
    return [...own, { path: `/${way}/*`, serverTiming }];
  });
}

function faults(edge: Edge, pops: readonly string[], cases: readonly HardCase[]): FaultHook {
  const byPath = new Map(ways.flatMap((way) => cases.map((it) => [pathIn(way, it), it])));
  const last = new Set(pops.map((pop) => edge.addressesOf(pop).at(-1)));
  return ({ method, path, pop, address }) => {
    const it = byPath.get(path);
    if (it === undefined || method !== "GET") return undefined;
    // With `verify: edge` the first address of the URL may be the cold one.
    if (it.coldAtLast && path.startsWith("/addresses/") && last.has(address)) edge.evict([path], { pop, address });
    return it.fault;
  };
}

function crowded(edge: Edge, pops: readonly string[], cases: readonly HardCase[]) {
  const addresses = pops.flatMap((pop) => edge.addressesOf(pop));
  return ways.flatMap((way) =>
    cases.flatMap((it) => (it.crowd === undefined ? [] : [{ path: pathIn(way, it), addresses, clients: CROWD }])),
  );
}
