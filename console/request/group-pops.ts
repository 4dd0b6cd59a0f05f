import type { Pop } from "../../client/answers.ts";
import { byRec } from "../../client/pop-groups.ts";
import {
  badTasksOf,
  sumOfTaskStates,
  type TaskStates,
  taskStatesOf,
  type UrlCounts,
  unreadTasks,
} from "../../domain/readiness/task-states.ts";

/** One POP, and how its tasks stand. */
export interface PopState {
  readonly pop: string;
  readonly resolved: boolean;
  /** The request has ended without all of its results. */
  readonly unfinished: boolean;
  readonly outcomes: TaskStates;
  readonly total: number;
  /** Whole per cent of its tasks that are warm, hits, in the REC or downloaded; 100 means all. */
  readonly percent: number;
  readonly bad: number;
}

/** The POPs of one regional edge cache; of none that is known, `rec` is null. */
export interface RecGroup {
  readonly rec: string | null;
  readonly pops: readonly PopState[];
  readonly outcomes: TaskStates;
  readonly percent: number;
  /** The same to a hundredth, rounded down: of 8,407 tasks at five POPs 96 are seen. */
  readonly share: number;
  readonly bad: number;
  /** The bad ones, and at the end those that were not tried. */
  readonly notWarm: number;
}

/** @param urls of the request: those that could not be read are cold at the POP, and shown as failed. @default all could be read */
export function popState(row: Pop, urls: UrlCounts = ALL_READ): PopState {
  const counted = taskStatesOf(row);
  const unread = row.total_count === 0 ? 0 : unreadTasks(row.total_count, urls);
  const outcomes = { ...counted, failed: counted.failed + unread };
  const total = row.total_count + unread;
  return {
    pop: row.pop,
    outcomes,
    total,
    bad: badTasksOf(outcomes),
    resolved: row.state !== "NOT_RESOLVED",
    unfinished: row.state === "UNFINISHED",
    percent: percentGood(outcomes, total),
  };
}

const ALL_READ: UrlCounts = { url_count: 0 };

export function groupPops(rows: readonly Pop[], urls?: UrlCounts): RecGroup[] {
  const states = (pops: readonly Pop[]) => pops.map((row) => popState(row, urls));
  return byRec(rows).map(({ rec, pops }) => groupOf(rec, states(pops)));
}

function groupOf(rec: string | null, pops: readonly PopState[]): RecGroup {
  const outcomes = sumOfTaskStates(pops.map((it) => it.outcomes));
  const total = pops.reduce((sum, it) => sum + it.total, 0);
  const share = goodParts(outcomes, total, 10_000) / 100;
  const untried = pops.filter((it) => it.unfinished).reduce((sum, it) => sum + leftOf(it.outcomes), 0);
  const bad = badTasksOf(outcomes);
  return { rec, pops, outcomes, share, percent: percentGood(outcomes, total), bad, notWarm: bad + untried };
}

function leftOf({ under_way, waiting }: TaskStates): number {
  return under_way + waiting;
}

function percentGood(outcomes: TaskStates, total: number): number {
  return goodParts(outcomes, total, 100);
}

/** The good ones of a total, in parts of `parts`, rounded down: only all of them are all parts. */
function goodParts({ warm, hit, regional, done }: TaskStates, total: number, parts: number): number {
  return total === 0 ? 0 : Math.floor(((warm + hit + regional + done) * parts) / total);
}

/** At the end: those with trouble first, and else as they stood. */
export function troubleFirst(groups: readonly RecGroup[]): RecGroup[] {
  return groups.toSorted((a, b) => Number(b.bad > 0) - Number(a.bad > 0));
}

/** A REC whose POPs did not resolve has none, and no share of anything. */
export function hasTasks({ pops }: RecGroup): boolean {
  return pops.some(({ total }) => total > 0);
}

/** What the colour and the shape of a POP say: the worst that there is. */
export function worstOf({ resolved, unfinished, outcomes, total }: PopState): keyof TaskStates {
  if (!resolved) return "waiting";
  if (outcomes.failed > 0) return "failed";
  if (outcomes.not_kept > 0) return "not_kept";
  if (unfinished) return "waiting";
  if (outcomes.waiting + outcomes.under_way > 0)
    return outcomes.waiting + outcomes.under_way < total || outcomes.under_way > 0 ? "under_way" : "waiting";
  if (total === 0) return "waiting";
  if (outcomes.regional > 0) return "regional";
  if (outcomes.hit > 0) return "hit";
  return outcomes.done > 0 ? "done" : "warm";
}
