import { TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";

export interface Sector {
  readonly outcome: TaskState;
  /** Of a disc around 0 with radius 1. */
  readonly path: string;
}

/** A bad part is seen, however small it is. */
const MIN_BAD = 0.12;

/** A disc's parts, clockwise from the top, in the order of {@link TASK_STATES}. */
export function sectorsOf(outcomes: TaskStates): Sector[] {
  const there = TASK_STATES.filter((outcome) => outcomes[outcome] > 0);
  const total = there.reduce((sum, outcome) => sum + outcomes[outcome], 0);
  const isBad = (outcome: TaskState) => outcome === "failed" || outcome === "not_kept";
  const shares = there.map((outcome) => Math.max(outcomes[outcome] / total, isBad(outcome) ? MIN_BAD : 0));
  const sum = shares.reduce((all, share) => all + share, 0);
  let from = 0;
  return there.map((outcome, i) => {
    const to = from + (shares[i] ?? 0) / sum;
    const path = there.length === 1 ? "M0-1A1 1 0 1 1 0 1A1 1 0 1 1 0-1z" : sector(from, to);
    from = to;
    return { outcome, path };
  });
}

function sector(from: number, to: number): string {
  const at = (share: number) => {
    const angle = share * 2 * Math.PI;
    return `${Math.sin(angle).toFixed(3)} ${(-Math.cos(angle)).toFixed(3)}`;
  };
  return `M0 0L${at(from)}A1 1 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}z`;
}
