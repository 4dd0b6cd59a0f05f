import type { JSX } from "preact";
import type { Failure, Progress, Summary } from "../../client/answers.ts";
import { taskStatesOf } from "../../domain/readiness/task-states.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { FailureRow, keyOf } from "./failures.tsx";
import { isFine } from "./is-fine.ts";
import { OutcomeCounts } from "./outcome-counts.tsx";
import { urgentOf } from "./urgency.ts";

interface NotWarmProps {
  readonly request: Progress;
  /** Undefined: it is not there yet. */
  readonly summary: Summary | undefined;
}

/** What is not warm and what to do about it, first what cannot wait. */
export function NotWarm({ request, summary }: NotWarmProps) {
  const { say } = useReader();
  const failures = summary?.failures ?? request.failures ?? [];
  const urgent = urgentOf(request, failures);
  const rest = failures.filter((it) => !urgent.failures.includes(it));
  const untried = Math.max(0, request.total_count - request.download_count);
  const regional = request.readiness?.regional_tasks ?? 0;
  const untriedRow = untried === 0 ? null : <UntriedRow count={untried} />;
  return (
    <>
      <div class="section-head">
        <h2>{say("whatIsNotWarm")}</h2>
        <OutcomeCounts outcomes={taskStatesOf(request)} ended />
      </div>
      {isFine(request, summary, failures) ? (
        <p class="fine">{say(request.verdict === "not_verified" ? "allDownloaded" : "allWarm")}</p>
      ) : null}
      {regional === 0 ? null : (
        <ul class="reasons">
          <RegionalRow count={regional} />
        </ul>
      )}
      <Reasons
        request={request}
        title={say("beforeTraffic")}
        tone="failed"
        failures={urgent.failures}
        untried={urgent.untried ? untried : 0}
        untriedRow={urgent.untried ? untriedRow : null}
      />
      <Reasons
        request={request}
        title={say("canWait")}
        tone=""
        failures={rest}
        untried={urgent.untried ? 0 : untried}
        untriedRow={urgent.untried ? null : untriedRow}
      />
    </>
  );
}

interface ReasonsProps {
  readonly request: Progress;
  readonly title: string;
  readonly tone: string;
  readonly failures: readonly Failure[];
  /** Tasks that were not tried, and the row that says so. */
  readonly untried: number;
  readonly untriedRow: JSX.Element | null;
}

function Reasons({ request, title, tone, failures, untried, untriedRow }: ReasonsProps) {
  const { count } = useReader();
  if (failures.length === 0 && untriedRow === null) return null;
  const tasks = failures.reduce((sum, it) => sum + it.tasks, untried);
  return (
    <>
      <h3 class={`urgency ${tone}`}>
        {title} {tasks === 0 ? null : <span class="quiet">{count("taskCount", tasks)}</span>}
      </h3>
      <ul class="reasons">
        {failures.map((failure) => (
          <FailureRow key={keyOf(failure)} failure={failure} request={request} />
        ))}
        {untriedRow}
      </ul>
    </>
  );
}

/** Tasks that succeeded and lack what their request asks for. No failure names them. */
function RegionalRow({ count }: { readonly count: number }) {
  const { say, formats } = useReader();
  return (
    <li class="reason wide">
      <span class="regional">
        <Shape form="regional" />
      </span>
      <h3>
        {say("regionalTitle")} <span class="quiet">{formats.count(count)}</span>
      </h3>
      <p>{say("regionalSays")}</p>
    </li>
  );
}

function UntriedRow({ count }: { readonly count: number }) {
  const { say, formats } = useReader();
  return (
    <li class="reason wide">
      <span class="waiting">
        <Shape form="waiting" />
      </span>
      <h3>
        {say("untriedTitle")} <span class="quiet">{formats.count(count)}</span>
      </h3>
      <p>{say("untriedSays")}</p>
    </li>
  );
}
