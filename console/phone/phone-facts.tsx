import type { Progress } from "../../client/answers.ts";
import { Fact, useFacts } from "../request/facts.tsx";
import { useReader } from "../session/reader.ts";

/** A line below the bar, and three of the six facts. */
export function PhoneFacts({ request, now }: { readonly request: Progress; readonly now: number }) {
  const { say, formats } = useReader();
  const { downloaded, rate, time, instances } = useFacts(request, now);
  const { percentage_complete: percent, download_count: results, total_count: total } = request;
  return (
    <>
      <p class="bar-line">
        <strong>{formats.percent(percent)}</strong>
        <span>
          {downloaded.name} {downloaded.value} {downloaded.children}
        </span>
        <span>{say("tasksOf", { done: results, total })}</span>
      </p>
      <dl class="three-facts">
        <Fact {...rate} />
        <Fact {...time} />
        <Fact {...instances} />
      </dl>
    </>
  );
}
