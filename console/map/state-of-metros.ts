import { grouped } from "../../domain/collections.ts";
import { NO_TASK_STATES, TASK_STATES, type TaskStates } from "../../domain/readiness/task-states.ts";
import type { Point } from "./miller.ts";
import { METRO_PLACES } from "./world.ts";

/** A POP with the states of its tasks. */
export interface PopOutcomes {
  readonly pop: string;
  readonly outcomes: TaskStates;
  /** The request has ended without all of its results. */
  readonly unfinished?: boolean;
}

export interface MetroState extends Point {
  /** Three letters. */
  readonly site: string;
  readonly radius: number;
  readonly outcomes: TaskStates;
}

/** The metros of these POPs with the sum of their states; `unplaced`: POPs that have no place on the map. */
export function stateOfMetros(pops: readonly PopOutcomes[]): { metros: MetroState[]; unplaced: string[] } {
  const groups = grouped(pops, ({ pop }) => pop.slice(0, 3));
  const metros = [...groups].flatMap(([site, its]): MetroState[] => {
    const place = METRO_PLACES[site];
    return place === undefined ? [] : [{ site, x: place[0], y: place[1], radius: place[2], outcomes: summed(its) }];
  });
  return { metros, unplaced: pops.map(({ pop }) => pop).filter((pop) => METRO_PLACES[pop.slice(0, 3)] === undefined) };
}

function summed(pops: readonly PopOutcomes[]): TaskStates {
  const sum = { ...NO_TASK_STATES };
  for (const { outcomes } of pops) for (const name of TASK_STATES) sum[name] += outcomes[name];
  return sum;
}
