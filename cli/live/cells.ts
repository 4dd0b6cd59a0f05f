import { NO_TASK_STATES, TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";

/**
 * Shares from which on a state is seen, however few cells there are. Of what is under way, less than a per cent is not: the bar would
 * be further than the per cent beside it.
 */
const SEEN_FROM: Readonly<Partial<Record<TaskState, number>>> = { not_kept: 0, failed: 0, under_way: 0.01 };

/** How many of a bar's cells each state has. @param shares of any size; nothing at all is waiting */
export function cellsOf(shares: TaskStates, width: number): TaskStates {
  const all = TASK_STATES.reduce((sum, state) => sum + shares[state], 0);
  if (all <= 0) return { ...NO_TASK_STATES, waiting: width };
  const cells: Record<TaskState, number> = { ...NO_TASK_STATES };
  let used = 0;
  // From the left to the end of each share, so that rounding does not add up.
  let reached = 0;
  for (const state of TASK_STATES) {
    const share = shares[state] / all;
    reached += share;
    const end = Math.floor(reached * width + 1e-9);
    const least = share > 0 && share >= (SEEN_FROM[state] ?? Number.POSITIVE_INFINITY) ? 1 : 0;
    cells[state] = Math.max(least, end - used);
    used += cells[state];
  }
  return balanced(cells, width - used);
}

/** Gives what is left to those that wait, and takes what is too much one by one from those that have the most. */
function balanced(cells: Record<TaskState, number>, left: number): TaskStates {
  if (left >= 0) return { ...cells, waiting: cells.waiting + left };
  const largest = TASK_STATES.reduce((most, state) => (cells[state] > cells[most] ? state : most), "waiting");
  return balanced({ ...cells, [largest]: cells[largest] - 1 }, left + 1);
}
