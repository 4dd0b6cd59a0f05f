import { TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";

export interface BarPart {
  readonly outcome: TaskState;
  readonly x: number;
  readonly width: number;
}

/** Bad parts are seen, however few they are. */
const MIN_BAD = 4;
const LEAST = 1;

/** The parts of a bar of this width, in the order of {@link TASK_STATES}. What widens a small part is taken from the others. */
export function barParts(outcomes: TaskStates, width: number): BarPart[] {
  const total = TASK_STATES.reduce((sum, name) => sum + outcomes[name], 0);
  if (total === 0) return [{ outcome: "waiting", x: 0, width }];
  const there = TASK_STATES.filter((name) => outcomes[name] > 0);
  const least = (name: TaskState) => (name === "failed" || name === "not_kept" ? MIN_BAD : LEAST);
  const share = (name: TaskState) => (outcomes[name] / total) * width;
  const small = there.filter((name) => share(name) < least(name));
  const kept = small.reduce((sum, name) => sum + least(name), 0);
  const rest = there.filter((name) => !small.includes(name)).reduce((sum, name) => sum + outcomes[name], 0);
  let x = 0;
  return there.map((outcome) => {
    const its = small.includes(outcome) ? least(outcome) : (outcomes[outcome] / rest) * Math.max(0, width - kept);
    const part = { outcome, x, width: its };
    x += its;
    return part;
  });
}
