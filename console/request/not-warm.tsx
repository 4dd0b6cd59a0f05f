import type { JSX } from "preact";
import { outcomesOf } from "../../domain/readiness/outcomes.ts";
import type { Failure, Progress, Summary } from "../api/answers.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { firstNames } from "./example-names.ts";
import { FailureRow, Names, Opened } from "./failures.tsx";
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
  const untriedRow =
    untried === 0 ? null : (
      <LeftOutRow title={say("untriedTitle")} says={say("untriedSays")} names={[]} count={untried} prefix="" />
    );
  const unresolvedRow =
    summary === undefined || summary.failure_pops.length === 0 ? null : <Unresolved pops={summary.failure_pops} />;
  return (
    <>
      <div class="section-head">
        <h2>{say("whatIsNotWarm")}</h2>
        <OutcomeCounts outcomes={outcomesOf(request)} ended />
      </div>
      {isFine(request, summary, failures) ? <p class="fine">{say("allWarm")}</p> : null}
      <Reasons
        {...{ request, title: say("beforeTraffic"), tone: "failed", failures: urgent.failures }}
        untried={urgent.untried ? untried : 0}
        others={[urgent.untried ? untriedRow : null, urgent.unresolved ? unresolvedRow : null]}
      />
      <Reasons
        {...{ request, title: say("canWait"), tone: "", failures: rest }}
        untried={urgent.untried ? 0 : untried}
        others={[
          urgent.untried ? null : untriedRow,
          summary === undefined || summary.failure_urls.length === 0 ? null : (
            <Unreadable summary={summary} prefix={request.url_prefix} />
          ),
          urgent.unresolved ? null : unresolvedRow,
        ]}
      />
    </>
  );
}

interface ReasonsProps {
  readonly request: Progress;
  readonly title: string;
  readonly tone: string;
  readonly failures: readonly Failure[];
  /** Tasks among `others`. */
  readonly untried: number;
  /** What has no results. */
  readonly others: readonly (JSX.Element | null)[];
}

function Reasons({ request, title, tone, failures, untried, others }: ReasonsProps) {
  const { count } = useReader();
  if (failures.length === 0 && others.every((it) => it === null)) return null;
  const tasks = failures.reduce((sum, it) => sum + it.tasks, untried);
  return (
    <>
      <h3 class={`urgency ${tone}`}>
        {title} {tasks === 0 ? null : <span class="quiet">{count("taskCount", tasks)}</span>}
      </h3>
      <ul class="reasons">
        {failures.map((failure) => (
          <FailureRow key={failure.code} {...{ failure, request }} />
        ))}
        {others}
      </ul>
    </>
  );
}

/** What has no tasks: it counts in no figure, and is told all the same. */
function Unresolved({ pops }: { readonly pops: readonly string[] }) {
  const { say } = useReader();
  return (
    <LeftOutRow
      {...{ title: say("unresolvedTitle"), says: say("unresolvedSays"), names: pops, count: pops.length, prefix: "" }}
    />
  );
}

function Unreadable({ summary, prefix }: { readonly summary: Summary; readonly prefix: string }) {
  const { say } = useReader();
  const { failure_urls: names, failure_urls_omitted: omitted } = summary;
  return (
    <LeftOutRow
      {...{ title: say("unreadableTitle"), says: say("unreadableSays"), names, count: names.length + omitted, prefix }}
    />
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
  /** What the names may have in common. */
  readonly prefix: string;
}

function LeftOutRow({ title, says, names, count, prefix }: LeftOutRowProps) {
  const { formats } = useReader();
  return (
    <li class="reason wide">
      <span class="waiting">
        <Shape form="waiting" />
      </span>
      <div>
        <h3>
          {title} <span class="quiet">{formats.count(count)}</span>
        </h3>
        <LeftOutNames {...{ names, count, prefix }} />
      </div>
      <p>{says}</p>
    </li>
  );
}

function LeftOutNames({ names, count, prefix }: Pick<LeftOutRowProps, "names" | "count" | "prefix">) {
  const { count: counted, still } = useReader();
  const first = firstNames(names, prefix);
  const shown = names.slice(0, still ? MOST_IN_COPY : MOST_NAMES);
  const line = <Names names={first} count={count} />;
  if (count === 0 || names.length === 0) return null;
  // Where the line has all of it, there is nothing to open.
  if (count === first.length && first.every((name) => names.includes(name))) return <p class="small">{line}</p>;
  return (
    <Opened line={line}>
      {shown.map((name) => (
        <li key={name}>
          <code class="break">{name}</code>
        </li>
      ))}
      {count > shown.length ? <li class="quiet">{counted("andMore", count - shown.length)}</li> : null}
    </Opened>
  );
}
