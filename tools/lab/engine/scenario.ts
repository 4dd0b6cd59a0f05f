import type { Progress } from "../../../client/answers.ts";
import type { ReportedResult } from "../../../domain/result/report.ts";
import type { Get } from "../../edge/faults.ts";
import type { OriginRequestSeen } from "../../edge/origin-log.ts";
import type { Holder } from "../../edge/tiers.ts";
import type { StackInventory } from "../../local/inventory.ts";
import type { World, WorldOptions } from "../world/world.ts";
import type { Seed } from "./seed.ts";

/** What is done in a world, what goes wrong meanwhile, and what must hold afterwards. */
export interface Scenario {
  /** `npm run lab -- NAME` */
  readonly name: string;
  /** One sentence, for `--list`. */
  readonly description: string;
  /** Whether a choice of it depends on the seed. @default true */
  readonly isSeeded?: false;
  readonly parts: (scale: Scale) => ScenarioParts;
}

export interface ScenarioParts {
  /** The stack, its edge and its fleet. @default none is started */
  readonly world?: WorldOptions;
  /** One step after the other. The run is over after the last. */
  readonly load: readonly Step[];
  /**
   * All at the same time, as long as the load lasts. What a step sets before it waits applies to the first download already.
   * @default nothing goes wrong
   */
  readonly nemesis?: readonly Step[];
  readonly checks: readonly Check[];
}

/** How much of a scenario is run: 1 is all of it. */
export class Scale {
  constructor(readonly value: number) {}

  /** So many at scale 1, fewer at a smaller one. @param least at any scale */
  of(count: number, least = 1): number {
    return Math.max(least, Math.round(count * this.value));
  }
}

/** A part of the load, or of the nemesis. It ends soon after `run.over` is aborted. */
export type Step = (run: LabRun) => Promise<void>;

/** What steps have at hand. */
export interface LabRun {
  /** @throws Error if the scenario has none */
  readonly world: World;
  /** @throws Error if no choice of the scenario depends on it */
  readonly seed: Seed;
  /** What checks look at. Steps add to it. */
  readonly observed: Observations;
  /** Aborted after the last step of the load, if a step fails, and if the run is ended. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What a run showed. Checks are functions of it alone. */
export interface Observations {
  /** By their names, in the order of their starts. */
  readonly requests: Map<string, ObservedRequest>;
  readonly kills: Kill[];
  /** How often each kind of fault happened. */
  readonly faults: Map<string, number>;
  /** What the stack held after each end of all requests. */
  readonly inventories: StackInventory[];
  /** GETs at the edge's POPs, and requests at its origins. */
  gets: readonly Get[];
  origin: readonly OriginRequestSeen[];
  /** When something changed, as a step marked it. */
  readonly marks: number[];
}

/** A request, as its user and its tables tell. Times are milliseconds since the epoch. */
export interface ObservedRequest {
  readonly name: string;
  readonly reqId: string;
  readonly paths: readonly string[];
  readonly pops: readonly string[];
  /** As `taskOf` names them. */
  readonly planned: ReadonlySet<string>;
  readonly startedAt: number;
  endedAt: number;
  /** The last that was read, and all of them. */
  progress: Progress;
  readonly samples: Sample[];
  results: readonly ReportedResult[];
  /** Rows of the report without its header; NaN if there is no report. */
  reportRows: number;
  /** URLs whose sizes could not be read. */
  failedUrls: readonly string[];
  /** How often its missing tasks were queued again. */
  requeues: number;
  /** How many answers were asked for as viewers do, and those that were no hits of the edge. */
  viewers?: { readonly asked: number; readonly cold: string[] };
  /** Which caches had each path at its end. */
  holders: ReadonlyMap<string, readonly Holder[]>;
}

/** What the API said of a request at a time. */
export type Sample = Progress & { readonly at: number };

/** An agent that was killed. */
export interface Kill {
  /** By which address the edge saw it. */
  readonly client: string;
  readonly at: number;
  /** Tasks whose results stood then: it held none of them. */
  finished: ReadonlySet<string>;
  /** Between which two of its calls it was killed, or at any time. */
  readonly point: string;
}

/** Something that must hold. A row that tried nothing has shown nothing, and is wrong. */
export type Check = (observed: Observations) => CheckRow | readonly CheckRow[];

export interface CheckRow {
  readonly what: string;
  readonly expected: string;
  readonly observed: string;
  /** Whether each thing that was tried is as wanted. */
  readonly passed: readonly boolean[];
}

/**
 * What was seen, and how it must relate to what is wanted: `["requests in a second", 51, "<=", 50]`. NaN is always wrong. What has no
 * relation only helps to see why.
 */
export type Expectation<T = number | string> = readonly [
  what: string,
  observed: T,
  relation?: "=" | "<=" | ">=",
  expected?: T,
];

export function rowOf(what: string, expectations: readonly Expectation[]): CheckRow {
  const judged = expectations.filter(([, , relation]) => relation !== undefined);
  return {
    what,
    expected: judged.map(([name, , relation, expected]) => `${name} ${relation} ${expected}`).join(", "),
    observed: expectations
      .flatMap(([name, observed]) => (observed === "" ? [] : `${name} ${inShort(observed)}`))
      .join(", "),
    passed: judged.map(([, observed, relation, expected = Number.NaN]) => {
      if (relation === "=") return observed === expected;
      return relation === "<=" ? observed <= expected : observed >= expected;
    }),
  };
}

/** A check of the request of that name. */
export function ofRequest(
  name: string,
  what: string,
  judge: (request: ObservedRequest, observed: Observations) => readonly Expectation[],
): Check {
  return (observed) => rowOf(`${name}: ${what}`, judge(requestOf(observed, name), observed));
}

function inShort(value: number | string): string {
  return typeof value === "string" || Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** Steps that are done one after the other, until the run is over. */
export function inOrder(...steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) if (!run.signal.aborted) await step(run);
  };
}

/** Steps that are done at the same time. */
export function together(...steps: readonly Step[]): Step {
  return async (run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}

/** Names a task of a request. */
export function taskOf(pop: string, url: string, variant?: string): string {
  return variant === undefined ? `${pop} ${url}` : `${pop} ${url} ${variant}`;
}

/** @throws Error if there is none of that name */
export function requestOf({ requests }: Pick<Observations, "requests">, name: string): ObservedRequest {
  const found = requests.get(name);
  if (found === undefined) throw new Error(`There is no request '${name}'`);
  return found;
}

/** Counts a fault. */
export function countFault({ observed }: Pick<LabRun, "observed">, kind: string, times = 1): void {
  observed.faults.set(kind, (observed.faults.get(kind) ?? 0) + times);
}
