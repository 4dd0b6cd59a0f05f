import type { Progress, Summary } from "../../client/answers.ts";
import { Trouble } from "../parts/trouble.tsx";
import { useReader } from "../session/reader.ts";
import { Files } from "./files.tsx";
import { NotWarm } from "./not-warm.tsx";
import type { SamplePoint } from "./samples.ts";
import { SentPanel } from "./sent-panel.tsx";
import { Throughput } from "./throughput.tsx";
import { useSummary } from "./use-request.ts";
import { Warnings } from "./warnings.tsx";
import { Where } from "./where.tsx";

interface EndedProps {
  readonly request: Progress;
  readonly points: readonly SamplePoint[];
}

/** So few reasons leave the wide column to the POPs. */
const FEW_REASONS = 2;

/** At the end: what is not warm and what to do about it, where, how it went, and what was sent. What there is more of has the wide column. */
export function Ended({ request, points }: EndedProps) {
  const { say } = useReader();
  const live = useSummary(request.request_id);
  const summary = live.value;
  const isWhereWide = request.pops.length > 0 && reasonsOf(request, summary) <= FEW_REASONS;
  const reasons = (
    <section class={isWhereWide ? "narrow" : ""}>
      <Trouble {...live} />
      <NotWarm request={request} summary={summary} />
      {summary === undefined ? <p class="quiet">{say("summaryWaits")}</p> : <Files summary={summary} />}
    </section>
  );
  const where = <Where request={request} isWide={isWhereWide} />;
  return (
    <div class="columns at-the-end">
      <section>
        {isWhereWide ? where : reasons}
        <SentPanel request={request} />
      </section>
      <aside>
        {isWhereWide ? reasons : where}
        {points.every(({ rate }) => rate === 0) ? null : (
          <section>
            <h2>{say("throughput")}</h2>
            <Throughput points={points} ended />
          </section>
        )}
        <Warnings request={request} />
      </aside>
    </div>
  );
}

/** How many rows say what is not warm. */
function reasonsOf({ failures, total_count, download_count }: Progress, summary: Summary | undefined): number {
  return (summary?.failures ?? failures ?? []).length + (download_count < total_count ? 1 : 0);
}
