import { keysOf } from "../../../domain/collections.ts";
import { cutText } from "../../../domain/result/failure.ts";
import type { ReportedResult } from "../../../domain/result/report.ts";
import { DEAD_POP, popsUnder } from "../../local/world.ts";
import { originDownloads } from "../check/origin.ts";
import { counted, endsAs, noTaskLost, nothingLeft, reportedPops } from "../check/tasks.ts";
import { claimsAreTrue, pathOf, viewersGetHits, warmTasks } from "../check/warmth.ts";
import { type Check, ofRequest, type Scenario, type Step, together } from "../engine/scenario.ts";
import { askAsViewers, crowd } from "../load/edge.ts";
import { fleetIsGone } from "../load/fleet.ts";
import { request } from "../load/requests.ts";
import { type Expected, HARD_CASES, MODES, type Mode, SIZE } from "./hard-cases.ts";

/** So that others of a REC ask while the first fetch is on its way, if nothing keeps them from it. */
const SLOW_ORIGIN = { delayMs: 300 };
/** Encodings by the names of variants. `br, gzip` goes first: what is kept first of a compressible object stays. */
const ENCODINGS = new Map([
  ["br", "br, gzip"],
  ["gzip", "gzip"],
]);
const VARIANTS = [...ENCODINGS].map(([name, encodings]) => ({ name, header: [`Accept-Encoding: ${encodings}`] }));

export const warmth: Scenario = {
  name: "warmth",
  isSeeded: false,
  description:
    "URLs in two variants are warmed at POPs with two servers each, one of each REC first, and then asked for as viewers do.",
  parts: (scale) => {
    const recs = scale.of(6, 2);
    const pops = popsUnder(recs, 5).map((it) => ({ ...it, addresses: 2, caches: "own" as const }));
    const urls = scale.of(20, 2);
    const object = { size: 20_000, letters: true, headers: { "content-type": "text/css" } };
    const files = Object.fromEntries(Array.from({ length: urls }, (_, i) => [`/css/${i}.css`, object]));
    const fewest = urls * VARIANTS.length * recs;
    const name = "two variants";
    const viewing = (variant = "") => ({ headers: { "accept-encoding": ENCODINGS.get(variant) ?? "" } });
    return {
      world: {
        edge: {
          pops,
          behaviours: [{ encodings: ["br", "gzip"], compress: true, collapsing: "off", serverTiming: 0 }],
          origin: SLOW_ORIGIN,
        },
      },
      load: [request({ name, files, body: { variants: VARIANTS } }), fleetIsGone, askAsViewers(name, viewing)],
      checks: [
        endsAs(name, "FINISHED"),
        noTaskLost(name),
        warmTasks(name, "all"),
        originDownloads(name, "=", fewest),
        viewersGetHits(name),
        claimsAreTrue(name, "warm"),
        nothingLeft,
      ],
    };
  },
};

/** Each case has a URL of its own in each mode. */
export const CASES = keysOf(MODES).flatMap((mode) =>
  HARD_CASES.map((it) => ({ ...it, mode, path: `/${mode}/${it.name.replaceAll(/\W+/g, "-")}.bin` })),
);
const casesIn = (mode: Mode) => CASES.filter((it) => it.mode === mode);

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
    const crowded = CASES.filter((it) => it.crowd).map(({ path }) => path);
    return {
      world: {
        edge: {
          pops,
          deadPops: [DEAD_POP],
          behaviours: CASES.map(({ mode, path, behaviour }) => {
            return { ...behaviour, path, serverTiming: mode === "no-server-timing" ? "off" : 0 };
          }),
          // Long enough that one of the crowd's requests is always in flight.
          origin: { delayMs: 200 },
        },
      },
      load: [
        together(
          ...keysOf(MODES).map((mode) => {
            const files = casesIn(mode).map(({ path, object }) => [path, { size: SIZE, ...object }]);
            const all = [...pops.map(({ pop }) => pop), DEAD_POP];
            const body = { verify: MODES[mode].verify, instance_count: 1, pops: all };
            return request({ name: mode, files: Object.fromEntries(files), body });
          }),
        ),
      ],
      nemesis: [deceive, crowd(crowded, 2)],
      checks: [
        ...keysOf(MODES).flatMap((mode) => [
          endsAs(mode, "FINISHED"),
          noTaskLost(mode),
          ...casesIn(mode).map(caseIsSeen),
          reportedPops(mode, 1),
          claimsAreTrue(mode, MODES[mode].claimed),
        ]),
        warmTasks("no-server-timing", "none"),
        nothingLeft,
      ],
    };
  },
};

const FAILING_MS = 2_000;

const deceive: Step = async ({ world: { edge, watch } }) => {
  const byPath = new Map(CASES.map((it) => [it.path, it]));
  const failing = new Set(CASES.filter((it) => it.failsFirst).map(({ path }) => path));
  watch.faults.add(({ method, path }) => {
    const it = method === "GET" ? byPath.get(path) : undefined;
    if (it !== undefined && failing.delete(path)) {
      edge.addObject(path, { size: 100, status: 502 });
      setTimeout(() => edge.addObject(path, { size: SIZE, ...it.object }), FAILING_MS);
    }
    return it?.fault;
  });
};

const MAX_ERROR_CHARACTERS = 90;
/** Reason of a task that nobody tried, because two others of its REC failed at the origin. */
const DECIDED = "not_asked";

/** Each task of a case ends as it must, and not all of them because others have decided. */
export function caseIsSeen({ mode, name, path, expected }: (typeof CASES)[number]): Check {
  const { ends } = expected[mode];
  return ofRequest(mode, `${name}: ${ends}`, ({ results: all, pops }) => {
    const results = all.filter(({ url }) => pathOf(url) === path);
    const right = results.filter((result) => isAsExpected(result, expected[mode]));
    const [error = ""] = results.flatMap((result) => result.error ?? []);
    return [
      ["results", results.length, "=", pops.length],
      ["as expected", right.length, "=", pops.length],
      ["of them tried", right.filter(({ reason }) => reason !== DECIDED).length, ">=", 1],
      ["they are", counted(results.map(({ outcome = "failed", reason }) => reason ?? outcome))],
      ["such as", cutText(error, MAX_ERROR_CHARACTERS)],
    ];
  });
}

/** A failure says why; so does one that two others have decided. */
function isAsExpected({ ok, outcome, warning, error = "", reason }: ReportedResult, expected: Expected): boolean {
  const { ends, says, orDoubtfulHit } = expected;
  if (orDoubtfulHit && (outcome === "hit" || outcome === "regional") && warning !== undefined) return true;
  if (says === undefined) return outcome === ends;
  if (reason === DECIDED) return !ok && error !== "";
  return reason === ends && outcome === (ends === "not_kept" ? ends : "failed") && says.test(error);
}
