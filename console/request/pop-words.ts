import { TASK_STATES } from "../../domain/readiness/task-states.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { useReader } from "../session/reader.ts";
import type { PopState } from "./group-pops.ts";

/** A POP in words: its code, its share, and how many tasks are in each state that there is. */
export function usePopWords({ pop, resolved, unfinished, outcomes, percent }: PopState): string {
  const { say, formats } = useReader();
  if (!resolved) return say("titleThen", { title: pop, next: say("notResolved") });
  const parts = TASK_STATES.filter((name) => outcomes[name] > 0).map(
    (name) =>
      `${say(unfinished && name === "waiting" ? "notTried" : OUTCOME_NAMES[name])} ${formats.count(outcomes[name])}`,
  );
  const title = `${pop} ${formats.percent(percent)}`;
  if (parts.length === 0) return title;
  return say("titleThen", { title, next: parts.reduce((first, second) => say("listOfTwo", { first, second })) });
}
