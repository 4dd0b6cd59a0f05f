import type { Progress } from "../../client/answers.ts";
import { taskStatesOf } from "../../domain/readiness/task-states.ts";
import { OutcomeCounts } from "../request/outcome-counts.tsx";
import { SentPanel } from "../request/sent-panel.tsx";
import { Warnings } from "../request/warnings.tsx";
import { Where } from "../request/where.tsx";
import { LookAt } from "./look-at.tsx";

/** While it runs, in one column: the outcomes, what to look at, where. The chart is for a window that has room for it. */
export function RunningOnPhone({ request }: { readonly request: Progress }) {
  return (
    <div class="one-column">
      <OutcomeCounts outcomes={taskStatesOf(request)} ended={false} />
      <LookAt request={request} />
      <Where request={request} />
      <Warnings request={request} />
      <SentPanel request={request} />
    </div>
  );
}
