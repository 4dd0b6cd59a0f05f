import { TASK_STATES, type TaskStates } from "../../domain/readiness/task-states.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";

/** How many tasks are in each state, each with its shape, word and number. */
export function OutcomeCounts({ outcomes, ended }: { readonly outcomes: TaskStates; readonly ended: boolean }) {
  const { say, formats } = useReader();
  // What is not claimed is told where it is; the others always, in the same places.
  const shown = TASK_STATES.filter((name) =>
    name === "regional" || name === "done" || (ended && (name === "under_way" || name === "waiting"))
      ? outcomes[name] > 0
      : true,
  );
  return (
    <ul class="outcomes">
      {shown.map((name) => (
        <li key={name}>
          <span class={name}>
            <Shape form={name} />
          </span>
          {say(ended && name === "waiting" ? "notTried" : OUTCOME_NAMES[name])}
          <strong>{formats.count(outcomes[name])}</strong>
        </li>
      ))}
    </ul>
  );
}
