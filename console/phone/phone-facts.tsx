import type { Progress } from "../../client/answers.ts";
import { completeOf } from "../../domain/readiness/task-states.ts";
import { Fact, useFacts } from "../request/facts.tsx";
import { useReader } from "../session/reader.ts";

/** A line below the bar, and three of the six facts. */
export function PhoneFacts({ request }: { readonly request: Progress }) {
  const { say, formats } = useReader();
  const { downloaded, rate, time, instances } = useFacts(request);
  const { download_count: results, total_count: total } = request;
  const { percent, of } = completeOf(request);
  return (
    <>
      <p class="bar-line">
        {total === 0 ? null : (
          <strong>
            {say(of === "bytes" ? "percentOfBytes" : "percentOfTasks", { percent: formats.percent(percent) })}
          </strong>
        )}
        <span>
          {downloaded.name} {downloaded.value} {downloaded.children}
        </span>
        {total === 0 ? null : <span>{say("tasksOf", { done: results, total })}</span>}
      </p>
      <dl class="three-facts">
        <Fact {...rate} />
        <Fact {...time} />
        <Fact {...instances} />
      </dl>
    </>
  );
}
