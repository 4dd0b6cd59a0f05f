import { OUTCOMES, type Outcomes } from "../../domain/readiness/outcomes.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";

/** How many tasks are in each state, each with its shape, word and number. */
export function OutcomeCounts({ outcomes, ended }: { readonly outcomes: Outcomes; readonly ended: boolean }) {
  const { say, formats } = useReader();
  // What is not claimed is told where it is; the others always, in the same places.
  const shown = OUTCOMES.filter((name) =>
    name === "done" || (ended && (name === "under_way" || name === "waiting")) ? outcomes[name] > 0 : true,
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
