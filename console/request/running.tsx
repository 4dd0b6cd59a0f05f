import type { Progress } from "../../client/answers.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { useReader } from "../session/reader.ts";
import { FailureCard, keyOf } from "./failures.tsx";
import type { SamplePoint } from "./samples.ts";
import { SentPanel } from "./sent-panel.tsx";
import { type Ahead, Throughput } from "./throughput.tsx";
import { Warnings } from "./warnings.tsx";
import { Where } from "./where.tsx";

interface RunningProps {
  readonly request: Progress;
  readonly points: readonly SamplePoint[];
}

/** While it runs: where it stands, and beside it what to look at, how fast it is, and what was sent. */
export function Running({ request, points }: RunningProps) {
  const { say, count } = useReader();
  const failures = request.failures ?? [];
  // None if the only failures are of POPs or URLs: these have no tasks.
  const tasks = failures.reduce((sum, failure) => sum + failure.tasks, 0);
  return (
    <div class="columns">
      <section>
        <Where request={request} />
        <SentPanel request={request} />
      </section>
      <aside>
        <section class="attention">
          <h2>
            {say("toLookAt")}{" "}
            {failures.length === 0 ? null : (
              <span class="quiet">
                {tasks === 0
                  ? count("reasonCount", failures.length)
                  : say("listOfTwo", {
                      first: count("taskCount", tasks),
                      second: count("reasonCount", failures.length),
                    })}
              </span>
            )}
          </h2>
          <ul class="reasons">
            {failures.length === 0 ? <li class="quiet">{say("nothingToLookAt")}</li> : null}
            {failures.map((failure) => (
              <FailureCard key={keyOf(failure)} failure={failure} prefix={request.url_prefix} />
            ))}
          </ul>
        </section>
        <section>
          <h2>{say("throughput")}</h2>
          <Throughput points={points} ahead={aheadOf(request)} />
        </section>
        <Warnings request={request} />
      </aside>
    </div>
  );
}

/** Whatever has no result yet is expected to be warm. */
function aheadOf({
  estimated_finish_at,
  total_count,
  download_count,
  warm_count,
  hit_count,
}: Progress): Ahead | undefined {
  if (estimated_finish_at === null || total_count === 0) return undefined;
  const left = total_count - download_count;
  return { at: parseTimestamp(estimated_finish_at), warm: (warm_count + hit_count + left) / total_count };
}
