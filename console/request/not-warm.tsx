import { outcomesOf } from "../../domain/readiness/outcomes.ts";
import type { Failure, Progress, Summary } from "../api/answers.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { FailureRow } from "./failures.tsx";
import { OutcomeCounts } from "./outcome-counts.tsx";
import { isUrgent } from "./urgency.ts";

interface NotWarmProps {
  readonly request: Progress;
  /** Undefined: it is not there yet. */
  readonly summary: Summary | undefined;
}

/** What is not warm and what to do about it, first what cannot wait. */
export function NotWarm({ request, summary }: NotWarmProps) {
  const { say } = useReader();
  const failures = summary?.failures ?? request.failures ?? [];
  const facts = { verdict: request.verdict, chosen: request.pop_count };
  const urgent = failures.filter((it) => isUrgent(it, facts));
  const rest = failures.filter((it) => !isUrgent(it, facts));
  const untried = Math.max(0, request.total_count - request.download_count);
  const left = (summary?.failure_urls.length ?? 0) + (summary?.failure_pops.length ?? 0);
  const fine = failures.length === 0 && left === 0 && request.status === "FINISHED";
  return (
    <>
      <div class="section-head">
        <h2>{say("whatIsNotWarm")}</h2>
        <OutcomeCounts outcomes={outcomesOf(request)} ended />
      </div>
      {fine ? <p class="fine">{say("allWarm")}</p> : null}
      <Reasons title={say("beforeTraffic")} tone="failed" failures={urgent} />
      <Reasons title={say("canWait")} tone="" failures={rest} />
      {untried === 0 ? null : (
        <ul class="reasons">
          <LeftOutRow title={say("untriedTitle")} says={say("untriedSays")} names={[]} count={untried} />
        </ul>
      )}
      {summary === undefined ? null : <LeftOut summary={summary} />}
    </>
  );
}

interface ReasonsProps {
  readonly title: string;
  readonly tone: string;
  readonly failures: readonly Failure[];
}

function Reasons({ title, tone, failures }: ReasonsProps) {
  const { count } = useReader();
  if (failures.length === 0) return null;
  const tasks = failures.reduce((sum, it) => sum + it.tasks, 0);
  return (
    <>
      <h3 class={`urgency ${tone}`}>
        {title} <span class="quiet">{count("taskCount", tasks)}</span>
      </h3>
      <ul class="reasons">
        {failures.map((failure) => (
          <FailureRow key={failure.code} failure={failure} />
        ))}
      </ul>
    </>
  );
}

/** What has no tasks: it counts in no figure, and is told all the same. */
function LeftOut({ summary }: { readonly summary: Summary }) {
  const { say } = useReader();
  const { failure_urls: urls, failure_urls_omitted: omitted, failure_pops: pops } = summary;
  return (
    <ul class="reasons">
      {urls.length === 0 ? null : (
        <LeftOutRow
          title={say("unreadableTitle")}
          says={say("unreadableSays")}
          names={urls}
          count={urls.length + omitted}
        />
      )}
      {pops.length === 0 ? null : (
        <LeftOutRow title={say("unresolvedTitle")} says={say("unresolvedSays")} names={pops} count={pops.length} />
      )}
    </ul>
  );
}

const MOST_NAMES = 200;
/** In a copy they are open: each takes a line of the page. */
const MOST_IN_COPY = 40;

interface LeftOutRowProps {
  readonly title: string;
  readonly says: string;
  readonly names: readonly string[];
  readonly count: number;
}

function LeftOutRow({ title, says, names, count }: LeftOutRowProps) {
  const { say, formats, count: counted, still } = useReader();
  const shown = names.slice(0, still ? MOST_IN_COPY : MOST_NAMES);
  return (
    <li class="reason wide">
      <span class="waiting">
        <Shape form="waiting" />
      </span>
      <div>
        <h3>
          {title} <span class="quiet">{formats.count(count)}</span>
        </h3>
        {names.length === 0 ? null : (
          <details class="examples" open={still}>
            <summary>{say("examples")}</summary>
            <ul>
              {shown.map((name) => (
                <li key={name}>
                  <code class="break">{name}</code>
                </li>
              ))}
              {count > shown.length ? <li class="quiet">{counted("andMore", count - shown.length)}</li> : null}
            </ul>
          </details>
        )}
      </div>
      <p>{says}</p>
    </li>
  );
}
