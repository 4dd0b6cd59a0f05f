import type { TaskState, TaskStates } from "../../domain/readiness/task-states.ts";

/** How a metro is marked: by a disc of its tasks' states, by the shape of what is bad there, or by both while it is under way. */
export interface MetroMark {
  readonly disc: boolean;
  /** Undefined: nothing is bad. */
  readonly bad: "failed" | "not_kept" | undefined;
}

export function markOf({ failed, not_kept, under_way, waiting }: TaskStates): MetroMark {
  const bad = failed > 0 ? "failed" : not_kept > 0 ? "not_kept" : undefined;
  return { disc: bad === undefined || under_way + waiting > 0, bad };
}

/** What the legend explains: each state that some disc has, and each shape that stands for something bad. */
export function legendOf(metros: readonly TaskStates[], order: readonly TaskState[]): TaskState[] {
  const isShown = (name: TaskState) =>
    metros.some((outcomes) => {
      const { disc, bad } = markOf(outcomes);
      return outcomes[name] > 0 && (disc || bad === name);
    });
  return order.filter(isShown);
}
