import type { ReportedResult } from "../../../domain/result/report.ts";
import { popsUnder } from "../../local/world.ts";
import { allTasksEndWell, examples, nothingLeft } from "../check/tasks.ts";
import { claimsAreTrue, isHeld, pathOf } from "../check/warmth.ts";
import { type Check, ofRequest, type Scenario } from "../engine/scenario.ts";
import { request } from "../load/requests.ts";

interface Case {
  /** Name of the request, and folder of its objects. */
  readonly name: string;
  readonly size: number;
  /** Objects at scale 1. */
  readonly objects: number;
  readonly outcome: "warm" | "hit";
  /** Most requests of a task. */
  readonly requests: number;
  /** Most bodies of a task: its transferred bytes, in bytes of its object. Small objects have a check that is a whole body. */
  readonly bodies: number;
}

const SMALL = { size: 10_000, objects: 500 };
const CASES: readonly Case[] = [
  { name: "timed", ...SMALL, outcome: "warm", requests: 3.05, bodies: 3.05 },
  { name: "untimed", ...SMALL, outcome: "hit", requests: 3.05, bodies: 3.05 },
  { name: "first", ...SMALL, outcome: "warm", requests: 2.05, bodies: 2.05 },
  { name: "medium", size: 256 * 1_024, objects: 40, outcome: "warm", requests: 3.05, bodies: 2.02 },
  { name: "large", size: 20_000_000, objects: 2, outcome: "warm", requests: 3.05, bodies: 2.02 },
];

/** Share of the tasks that end as they must. */
const MIN_SHARE = 0.999;

/** Objects are warmed at an edge that keeps an object from its second request on, as the recordings show, and at one that keeps it at once. */
export const admission: Scenario = {
  name: "admission",
  isSeeded: false,
  description:
    "A POP keeps an object from its second request on: each task is warm after two downloads and a check, with and without Server-Timing.",
  parts: (scale) => ({
    world: {
      edge: {
        pops: popsUnder(4, 3),
        behaviours: [
          { path: "/untimed/*", serverTiming: "off" },
          { path: "/first/*", serverTiming: 0, admission: "first" },
          { serverTiming: 0 },
        ],
      },
    },
    load: CASES.map(({ name, size, objects }) => {
      const files = Array.from({ length: scale.of(objects) }, (_, i) => [`/${name}/${i}.bin`, { size }]);
      return request({ name, files: Object.fromEntries(files) });
    }),
    checks: [
      ...CASES.flatMap((it) => [
        ...allTasksEndWell(it.name),
        endAsExpected(it),
        costs(it),
        claimsAreTrue(it.name, it.outcome),
        hitsAreKept(it.name),
      ]),
      nothingLeft,
    ],
  }),
};

function endAsExpected({ name, outcome }: Case): Check {
  return ofRequest(name, `tasks are ${outcome}`, ({ results, planned }) => {
    const others = results.filter((it) => it.outcome !== outcome);
    return [
      ["share", (results.length - others.length) / planned.size, ">=", MIN_SHARE],
      ["others", examples(others.map((it) => `${it.outcome} ${it.warning ?? it.error ?? ""}`))],
    ];
  });
}

function costs({ name, requests, bodies }: Case): Check {
  return ofRequest(name, "requests and bodies of a task", ({ results, paths, planned }, { gets }) => {
    const own = new Set(paths);
    const sum = (of: (result: ReportedResult) => number) => results.reduce((total, result) => total + of(result), 0);
    return [
      ["requests", gets.filter(({ path }) => own.has(path)).length / planned.size, "<=", requests],
      ["bodies", sum((it) => it.transferred_bytes ?? Number.NaN) / sum(({ bytes }) => bytes), "<=", bodies],
    ];
  });
}

/** Each `hit` is of an object that the POP's own store has: here a hit after two downloads means that. */
function hitsAreKept(name: string): Check {
  return ofRequest(name, "no hit is of an object that the POP lacks", ({ results, holders }) => {
    const lacking = results.filter((it) => it.outcome === "hit" && !isHeld(it, holders));
    return [
      ["hits that the POP lacks", lacking.length, "=", 0],
      ["such as", examples(lacking.map(({ pop, url }) => `${pathOf(url)} at ${pop}`))],
    ];
  });
}
