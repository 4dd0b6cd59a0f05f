import type { Pop } from "../../client/answers.ts";
import { byRec as recGroups } from "../../client/pop-groups.ts";
import { sumOfTaskStates, type TaskStates, taskStatesOf } from "../../domain/readiness/task-states.ts";

/** A row of the live view: a REC, a POP, or the rest. */
export interface Group {
  readonly name: string;
  readonly rec: string;
  readonly pops: number;
  readonly total: number;
  /** Tasks that have a result, and the bytes of the good ones. */
  readonly done: number;
  readonly bytes: number;
  readonly tally: TaskStates;
}

const NO_REC = "REC unknown";

/** A row a REC, in the order of the console. */
export function byRec(pops: readonly Pop[]): Group[] {
  return recGroups(pops).map(({ rec, pops: its }) => sum(rec ?? NO_REC, byPop(its)));
}

export function byPop(pops: readonly Pop[]): Group[] {
  return pops.map((pop) => groupOf(pop, pop.pop));
}

/** The first rows as they are, and the others as one, so that all are as many as fit. */
export function folded(groups: readonly Group[], room: number, what: string): readonly Group[] {
  if (groups.length <= room) return groups;
  if (room <= 0) return [];
  const rest = groups.slice(room - 1);
  return [...groups.slice(0, room - 1), sum(`${rest.length} more ${what}`, rest)];
}

function groupOf(pop: Pop, name: string): Group {
  const { rec, total_count, download_count, download_size } = pop;
  const counts = { total: total_count, done: download_count, bytes: download_size };
  return { name, rec: rec ?? NO_REC, pops: 1, ...counts, tally: taskStatesOf(pop) };
}

function sum(name: string, groups: readonly Group[]): Group {
  const all = (of: (group: Group) => number) => groups.reduce((total, group) => total + of(group), 0);
  return {
    name,
    rec: "",
    pops: all((it) => it.pops),
    total: all((it) => it.total),
    done: all((it) => it.done),
    bytes: all((it) => it.bytes),
    tally: sumOfTaskStates(groups.map((it) => it.tally)),
  };
}
