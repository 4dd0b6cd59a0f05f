import { cutText } from "../../../domain/result/failure.ts";
import type { ReportedResult } from "../../../domain/result/report.ts";
import type { Behaviour } from "../../edge/behaviour.ts";
import { DEAD_POP, popsUnder } from "../../local/world.ts";
import { originDownloads } from "../check/origin.ts";
import { counted, endsAs, noTaskLost, nothingLeft, reportedPops } from "../check/tasks.ts";
import { claimsAreTrue, pathOf, viewersGetHits, warmTasks } from "../check/warmth.ts";
import { type Check, inOrder, requestOf, rowOf, type Scenario, type Step, together } from "../engine/scenario.ts";
import { askAsViewers, crowd, invalidateAll } from "../load/edge.ts";
import { fleetIsGone } from "../load/fleet.ts";
import { pause, request } from "../load/requests.ts";
import { type ExpectedOutcome, HARD_CASES, type HardCase, SIZE } from "./hard-cases.ts";

/** So that others of a REC ask while the first fetch is on its way, if nothing keeps them from it. */
const SLOW_ORIGIN = { delayMs: 300 };
/** `br,gzip` goes first: what is kept first of a compressible object stays. */
const VARIANTS = [
  { name: "br", header: ["Accept-Encoding: br, gzip"] },
  { name: "gzip", header: ["Accept-Encoding: gzip"] },
];

export const warmth: Scenario = {
  name: "warmth",
  isSeeded: false,
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

/** How each case is warmed, what must be claimed at least once, and how it must end. */
const MODES = {
  "server-timing": { verify: "edge", claimed: "warm", expected: (it: HardCase) => it.expected },
  "no-server-timing": {
    verify: "edge",
    claimed: "hit",
    expected: (it: HardCase) => it.withoutServerTiming ?? it.expected,
  },
  "all-addresses": { verify: "addresses", claimed: "warm", expected: (it: HardCase) => it.atAddresses ?? it.expected },
} as const;
type Mode = keyof typeof MODES;
const modes: readonly Mode[] = ["server-timing", "no-server-timing", "all-addresses"];

const pathIn = (mode: Mode, { name }: HardCase) => `/${mode}/${name.replaceAll(/\W+/g, "-")}.bin`;
const all = <T>(of: (mode: Mode, it: HardCase) => T) => modes.flatMap((mode) => HARD_CASES.map((it) => of(mode, it)));

export const deception: Scenario = {
  name: "deception",
  isSeeded: false,
  description:
    "URLs of each kind that deceives are warmed: never kept, kept at the REC only, evicted, cut, failing at first, another POP's, collapsed.",
  parts: () => {
    // A REC with three POPs, where leads may fail one after the other, and one with a single POP.
    const pops = [...popsUnder(1, 3), ...popsUnder(2, 1).slice(1)].map((it) => ({
      ...it,
      addresses: 2,
      caches: "own" as const,
    }));
    const own = all((mode, it) =>
      it.behaviour === undefined ? [] : [behaviourOf(mode, it.behaviour, pathIn(mode, it))],
    );
    const crowded = all((mode, it) => (it.crowd ? [pathIn(mode, it)] : [])).flat();
    return {
      world: {
        edge: {
          pops,
          deadPops: [DEAD_POP],
          behaviours: [...own.flat(), ...modes.map((mode) => behaviourOf(mode, {}, `/${mode}/*`))],
          // Long enough that one of the crowd's requests is always on its mode.
          origin: { delayMs: 200 },
        },
      },
      load: [
        together(
          ...modes.map((mode) => {
            const all = [...pops.map(({ pop }) => pop), DEAD_POP];
            const body = { verify: MODES[mode].verify, instance_count: 1, pops: all };
            const files = Object.fromEntries(HARD_CASES.map((it) => [pathIn(mode, it), { size: SIZE, ...it.object }]));
            return request({ name: mode, files, body });
          }),
        ),
      ],
      nemesis: [deceive, crowd(crowded, 2)],
      checks: [
        ...modes.flatMap((mode) => [
          endsAs(mode, "FINISHED"),
          noTaskLost(mode),
          ...HARD_CASES.map((it) => caseIsSeen(mode, it)),
          reportedPops(mode, 1),
          claimsAreTrue(mode, MODES[mode].claimed),
        ]),
        warmTasks("no-server-timing", "none"),
        nothingLeft,
      ],
    };
  },
};

function behaviourOf(mode: Mode, behaviour: Partial<Behaviour>, path: string): Behaviour {
  return { ...behaviour, path, serverTiming: mode === "no-server-timing" ? "off" : 0 };
}

const FAILING_MS = 2_000;

const deceive: Step = async (run) => {
  const { edge, faults, pops } = run.world;
  const byPath = new Map(all((mode, it) => [pathIn(mode, it), it]));
  const last = new Set(pops.map((pop) => edge.addressesOf(pop).at(-1)));
  const failing = new Set(all((mode, it) => (it.failsFirst ? [pathIn(mode, it)] : [])).flat());
  faults.add(({ method, path, pop, address }) => {
    const it = byPath.get(path);
    if (it === undefined || method !== "GET") return undefined;
    if (failing.delete(path)) {
      edge.addObject(path, { size: 100, status: 502 });
      setTimeout(() => edge.addObject(path, { size: SIZE, ...it.object }), FAILING_MS);
    }
    // With `verify: edge` the first address of the URL may be the cold one.
    if (it.coldAtLast && path.startsWith("/all-addresses/") && last.has(address)) edge.evict([path], { pop, address });
    return it.fault;
  });
  await pause(run);
};

const LONGEST_ERROR = 90;
/** Reason of a task that nobody tried, because two others of its REC failed at the origin. */
const DECIDED = "not_asked";

/** Each task of a case ends as it must, and not all of them because others have decided. */
export function caseIsSeen(mode: Mode, it: HardCase): Check {
  return (seen) => {
    const expected = MODES[mode].expected(it);
    const request = requestOf(seen, mode);
    const results = request.results.filter(({ url }) => pathOf(url) === pathIn(mode, it));
    const right = results.filter((result) => isAsExpected(result, expected));
    const [error = ""] = results.flatMap((result) => result.error ?? []);
    const outcomes = results.map(({ outcome = "failed", reason }) => named(outcome, reason));
    return rowOf(
      `${mode}: ${it.name}: ${named(expected.outcome, expected.reason)}`,
      [
        ["results", results.length, "=", request.pops.length],
        ["as expected", right.length, "=", request.pops.length],
        ["of them tried", right.filter(({ reason }) => reason !== DECIDED).length, ">=", 1],
      ],
      `${counted(outcomes)} ${cutText(error, LONGEST_ERROR)}`,
    );
  };
}

function named(outcome: string, reason: string | undefined): string {
  return reason === undefined ? outcome : `${outcome}, ${reason}`;
}

/** A failure says why; so does one that two others have decided. */
function isAsExpected(
  { ok, outcome, warning, error = "", reason }: ReportedResult,
  expected: ExpectedOutcome,
): boolean {
  if (expected.orDoubtfulHit === true && outcome === "hit" && warning !== undefined) return true;
  if (expected.reason === undefined) return outcome === expected.outcome;
  if (reason === DECIDED) return !ok && error !== "";
  return outcome === expected.outcome && reason === expected.reason && (expected.says?.test(error) ?? true);
}
