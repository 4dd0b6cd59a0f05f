import type { Progress } from "../../client/answers.ts";
import { Trouble } from "../parts/trouble.tsx";
import { useReader } from "../session/reader.ts";
import { AsSent } from "./as-sent.tsx";
import { Files } from "./files.tsx";
import { NotWarm } from "./not-warm.tsx";
import type { SamplePoint } from "./samples.ts";
import { Throughput } from "./throughput.tsx";
import { useSummary } from "./use-request.ts";
import { Warnings } from "./warnings.tsx";
import { Where } from "./where.tsx";

interface EndedProps {
  readonly request: Progress;
  readonly points: readonly SamplePoint[];
}

/** At the end: what is not warm and what to do about it; beside it where, and how it went. */
export function Ended({ request, points }: EndedProps) {
  const { say } = useReader();
  const live = useSummary(request.request_id);
  const summary = live.value;
  return (
    <div class="columns at-the-end">
      <section>
        <Trouble {...live} />
        <NotWarm request={request} summary={summary} />
        {summary === undefined ? (
          <p class="quiet">{say("summaryWaits")}</p>
        ) : (
          <Files request={request} summary={summary} />
        )}
      </section>
      <aside>
        <Where request={request} />
        {points.length < 2 ? null : (
          <section>
            <h2>{say("throughput")}</h2>
            <Throughput points={points} ended />
          </section>
        )}
        <Warnings warnings={request.warnings} />
        <AsSent request={request} />
      </aside>
    </div>
  );
}
