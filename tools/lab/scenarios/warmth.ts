import { cutText } from "../../../domain/result/failure.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { Behaviour } from "../../edge/behaviour.ts";
import { popsUnder } from "../../local/world.ts";
import { originDownloads } from "../check/origin.ts";
import { counted, endsAs, noTaskLost, nothingLeft } from "../check/tasks.ts";
import { claimsAreTrue, pathOf, viewersGetHits, warmTasks } from "../check/warmth.ts";
import { type Check, inOrder, requestOf, rowOf, type Scenario, type Step, together } from "../engine/scenario.ts";
import { askAsViewers, crowd, invalidateAll } from "../load/edge.ts";
import { fleetIsGone } from "../load/fleet.ts";
import { request } from "../load/requests.ts";
import { pause } from "../nemesis/calls.ts";
import { HARD_CASES, type HardCase, type Wanted } from "./hard-cases.ts";

/** So that others of a REC ask while the first fetch is on its way, if nothing keeps them from it. */
const SLOW_ORIGIN = { delayMs: 300 };
/** `br,gzip` goes first: what is kept first of a compressible object stays. */
const VARIANTS = [
  { name: "br", header: ["Accept-Encoding: br, gzip"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
];

export const warmth: Scenario = {
  name: "warmth",
  description:
    "URLs in two variants are warmed at POPs with two servers each, one of each REC first or all at once, and then asked for as viewers do.",
  parts: (scale) => {
    const recs = scale.of(6, 2);
    const pops = popsUnder(recs, 5).map((it) => ({ ...it, addresses: 2, caches: "own" as const }));
    const urls = scale.of(20, 2);
    const object = { size: 20_000, letters: true, headers: { "content-type": "text/css" } };
    const files = Object.fromEntries(Array.from({ length: urls }, (_, i) => [`/css/${i}.css`, object]));
    const fewest = urls * VARIANTS.length * recs;
    const runs = [
      { verify: "edge", order: "lead-first" },
      { verify: "addresses", order: "lead-first" },
      { verify: "edge", order: "all-at-once" },
    ].map((body) => ({ name: `${body.verify}, ${body.order}`, body: { ...body, variants: VARIANTS } }));
    const headerOf = (variant = "") => VARIANTS.find(({ name }) => name === variant)?.header ?? [];
    return {
      world: {
        edge: {
          pops,
          behaviours: [{ encodings: ["br", "gzip"], compress: true, collapsing: "off", serverTiming: 0 }],
          origin: SLOW_ORIGIN,
        },
      },
      load: runs.map(({ name, body }) =>
        inOrder(invalidateAll, request({ name, files, body }), fleetIsGone, askAsViewers(name, headerOf)),
      ),
      checks: [
        ...runs.flatMap(({ name, body }) => [
          endsAs(name, "FINISHED"),
          noTaskLost(name),
          warmTasks(name, "all"),
          originDownloads(name, body.order === "lead-first" ? "=" : ">=", fewest),
          viewersGetHits(name),
          claimsAreTrue(name, "warm"),
        ]),
        nothingLeft,
      ],
    };
  },
};

/** The three ways to look: with Server-Timing, without it, and at every address. */
const WAYS = {
  told: { verify: "edge", claimed: "warm", wanted: ({ told }: HardCase) => told },
  untold: { verify: "edge", claimed: "hit", wanted: ({ told, untold = told }: HardCase) => untold },
  addresses: { verify: "addresses", claimed: "warm", wanted: ({ told, addresses = told }: HardCase) => addresses },
} as const;
type Way = keyof typeof WAYS;
const ways: readonly Way[] = ["told", "untold", "addresses"];

const pathIn = (way: Way, { file }: HardCase) => `/${way}/${file}`;
const all = <T>(of: (way: Way, it: HardCase) => T) => ways.flatMap((way) => HARD_CASES.map((it) => of(way, it)));

export const deception: Scenario = {
  name: "deception",
  description:
    "URLs of each kind that deceives are warmed: never kept, kept at the REC only, evicted, cut, another POP's, a hit of a shared fetch.",
  parts: () => {
    // A REC with three POPs, where leads may fail one after the other, and one with a single POP.
    const pops = [...popsUnder(1, 3), ...popsUnder(2, 1).slice(1)].map((it) => ({
      ...it,
      addresses: 2,
      caches: "own" as const,
    }));
    const own = all((way, it) => (it.behaviour === undefined ? [] : [behaviourOf(way, it.behaviour, pathIn(way, it))]));
    const crowded = all((way, it) => (it.crowd ? [pathIn(way, it)] : [])).flat();
    return {
      world: {
        edge: {
          pops,
          behaviours: [...own.flat(), ...ways.map((way) => behaviourOf(way, {}, `/${way}/*`))],
          // Long enough that one of the crowd's requests is always on its way.
          origin: { delayMs: 200 },
        },
      },
      load: [
        together(
          ...ways.map((way) => {
            const body = { verify: WAYS[way].verify, instance_count: 1 };
            const files = Object.fromEntries(HARD_CASES.map((it) => [pathIn(way, it), it.object]));
            return request({ name: way, files, body });
          }),
        ),
      ],
      nemesis: [deceive, crowd(crowded, 2)],
      checks: [
        ...ways.flatMap((way) => [
          endsAs(way, "FINISHED"),
          noTaskLost(way),
          ...HARD_CASES.map((it) => caseIsSeen(way, it)),
          claimsAreTrue(way, WAYS[way].claimed),
        ]),
        warmTasks("untold", "none"),
      ],
    };
  },
};

function behaviourOf(way: Way, behaviour: Partial<Behaviour>, path: string): Behaviour {
  return { ...behaviour, path, serverTiming: way === "untold" ? "off" : 0 };
}

const deceive: Step = async (run) => {
  const { edge, faults, pops } = run.world;
  const byPath = new Map(all((way, it) => [pathIn(way, it), it]));
  const last = new Set(pops.map((pop) => edge.addressesOf(pop).at(-1)));
  faults.add(({ method, path, pop, address }) => {
    const it = byPath.get(path);
    if (it === undefined || method !== "GET") return undefined;
    // With `verify: edge` the first address of the URL may be the cold one.
    if (it.coldAtLast && path.startsWith("/addresses/") && last.has(address)) edge.evict([path], { pop, address });
    return it.fault;
  });
  await pause(run);
};

const LONGEST_ERROR = 90;
/** Reason of a task that nobody tried, because two others of its REC failed at the origin. */
const DECIDED = "not_asked";

/** Each task of a case ends as it must. */
export function caseIsSeen(way: Way, it: HardCase): Check {
  return (seen) => {
    const wanted = WAYS[way].wanted(it);
    const request = requestOf(seen, way);
    const results = request.results.filter(({ url }) => pathOf(url) === pathIn(way, it));
    const [error = ""] = results.flatMap((result) => result.error ?? []);
    const outcomes = results.map(({ outcome = "failed", reason }) => named(outcome, reason));
    return rowOf(
      `${way}: ${it.name}: ${named(wanted.outcome, wanted.reason)}`,
      [
        ["results", results.length, "=", request.pops.length],
        ["as wanted", results.filter((result) => isAsWanted(result, wanted)).length, "=", request.pops.length],
      ],
      `${counted(outcomes)} ${cutText(error, LONGEST_ERROR)}`,
    );
  };
}

function named(outcome: string, reason: string | undefined): string {
  return reason === undefined ? outcome : `${outcome}, ${reason}`;
}

/** A failure says why; so does one that two others have decided. */
function isAsWanted({ ok, outcome, warning, error = "", reason }: TaskResult, wanted: Wanted): boolean {
  if (wanted.orDoubtfulHit === true && outcome === "hit" && warning !== undefined) return true;
  if (wanted.reason === undefined) return outcome === wanted.outcome;
  if (reason === DECIDED) return !ok && error !== "";
  return outcome === wanted.outcome && reason === wanted.reason && (wanted.says?.test(error) ?? true);
}
