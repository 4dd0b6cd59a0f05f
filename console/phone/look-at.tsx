import type { Failure, Progress } from "../../client/answers.ts";
import { badTasksOf, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { Icon } from "../parts/icon.tsx";
import { Shape } from "../parts/shape.tsx";
import { FailureCard, keyOf, numberOf, useReasonWords } from "../request/failures.tsx";
import { useReader } from "../session/reader.ts";

/** What is to be looked at, in two lines; opened, each reason with what to do. Nothing where nothing is wrong. */
export function LookAt({ request }: { readonly request: Progress }) {
  const { say, count } = useReader();
  const { failures = [] } = request;
  const bad = badTasksOf(taskStatesOf(request));
  if (failures.length === 0) return null;
  const pops = request.pops.filter(({ failed_count }) => failed_count > 0).length;
  const unread = failures.reduce((sum, { subject, urls }) => sum + (subject === "url" ? (urls ?? 0) : 0), 0);
  const unresolved = failures.reduce((sum, { subject, pops }) => sum + (subject === "pop" ? pops : 0), 0);
  const head = [
    ...(failures.some(({ subject }) => subject === "task")
      ? [say("failedAt", { tasks: count("failedTasks", bad), pops: count("popCount", Math.max(1, pops)) })]
      : []),
    ...(unread > 0 ? [count("unreadableCount", unread)] : []),
    ...(unresolved > 0 ? [count("unresolvedCount", unresolved)] : []),
  ];
  return (
    <details class="look-at">
      <summary>
        <span class="failed">
          <Shape form="failed" />
        </span>
        <h2>{head.reduce((told, next) => say("listOfTwo", { first: told, second: next }))}</h2>
        <Icon name="next" />
        <span class="reasons-line">
          {failures.map((failure) => (
            <ReasonInShort key={keyOf(failure)} failure={failure} />
          ))}
        </span>
      </summary>
      <ul class="reasons">
        {failures.map((failure) => (
          <FailureCard key={keyOf(failure)} failure={failure} prefix={request.url_prefix} />
        ))}
      </ul>
    </details>
  );
}

/** `The POP did not answer DEL54-P2 7` */
function ReasonInShort({ failure }: { readonly failure: Failure }) {
  const { formats, count } = useReader();
  const words = useReasonWords(failure.code);
  const [first] = failure.examples;
  const where = failure.pops === 1 && first !== undefined ? <code>{first.pop}</code> : count("popCount", failure.pops);
  return (
    <span>
      {words.title}{" "}
      <span class="quiet">{failure.subject === "url" ? count("urlCount", failure.urls ?? 0) : where}</span>
      {failure.subject === "task" ? <strong>{formats.count(numberOf(failure))}</strong> : null}
    </span>
  );
}
