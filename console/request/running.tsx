import { parseTimestamp } from "../../domain/request/timestamps.ts";
import type { Progress } from "../api/answers.ts";
import { useReader } from "../session/reader.ts";
import { AsSent } from "./as-sent.tsx";
import { FailureCard } from "./failures.tsx";
import { Throughput } from "./throughput.tsx";
import { useSamples } from "./use-samples.ts";
import { Warnings } from "./warnings.tsx";
import { Where } from "./where.tsx";

/** While it runs: where it stands, and beside it what to look at, how fast it is, and what was sent. */
export function Running({ request }: { readonly request: Progress }) {
  const { say, count } = useReader();
  const samples = useSamples(request);
  const failures = request.failures ?? [];
  const finish = request.estimated_finish_at;
  const until = parseTimestamp(finish ?? request.timestamp).getTime();
  return (
    <div class="columns">
      <Where request={request} />
      <aside>
        <section>
          <h2>
            {say("toLookAt")}{" "}
            {failures.length === 0 ? null : (
              <span class="quiet">
                {say("listOfTwo", [
                  count(
                    "taskCount",
                    failures.reduce((sum, { tasks }) => sum + tasks, 0),
                  ),
                  count("reasonCount", failures.length),
                ])}
              </span>
            )}
          </h2>
          <ul class="reasons">
            {failures.length === 0 ? <li class="quiet">{say("nothingToLookAt")}</li> : null}
            {failures.map((failure) => (
              <FailureCard key={failure.code} failure={failure} />
            ))}
          </ul>
        </section>
        <section>
          <h2>
            {say("throughput")} <span class="quiet">{say("throughputSays")}</span>
          </h2>
          <Throughput samples={samples} until={until} />
        </section>
        <Warnings warnings={request.warnings} />
        <AsSent request={request} />
      </aside>
    </div>
  );
}
