import { NO_TASK_STATES, TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";

/** Few of these among many must be seen. */
const AT_LEAST_ONE: readonly TaskState[] = ["not_kept", "failed", "under_way"];

/** How many of a bar's cells each state has. @param shares of any size; nothing at all is waiting */
export function cellsOf(shares: TaskStates, width: number): TaskStates {
  const all = TASK_STATES.reduce((sum, state) => sum + shares[state], 0);
  if (all <= 0) return { ...NO_TASK_STATES, waiting: width };
  const cells: Record<TaskState, number> = { ...NO_TASK_STATES };
  let used = 0;
  // From the left to the end of each share, so that rounding does not add up.
  let reached = 0;
  for (const state of TASK_STATES) {
    reached += shares[state] / all;
    const end = Math.floor(reached * width + 1e-9);
    const least = shares[state] > 0 && AT_LEAST_ONE.includes(state) ? 1 : 0;
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
