import { badTasksOf, barShares, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { RequestMap } from "../map/request-map.tsx";
import { Bar } from "../parts/bar.tsx";
import { Brand } from "../parts/brand.tsx";
import { AsSent } from "../request/as-sent.tsx";
import { failedEverywhere, without } from "../request/everywhere.ts";
import { Facts } from "../request/facts.tsx";
import { popState } from "../request/group-pops.ts";
import { NotWarm } from "../request/not-warm.tsx";
import { SentenceLine } from "../request/sentence-line.tsx";
import { Warnings } from "../request/warnings.tsx";
import { titleOf } from "../requests/title.ts";
import { useReader } from "../session/reader.ts";
import { FailedTasks } from "./failed-tasks.tsx";
import type { Report } from "./report.ts";
import { ReportMatrix } from "./report-matrix.tsx";
import { TimingsTable } from "./timings-table.tsx";

/** As wide as the page is on a screen, in CSS pixels: it is drawn before anyone looks. */
const WIDTH = 1_232;

/** A request that has ended, to send to others: what the console shows of it, without what can be pressed. */
export function ReportPage({ report, sentence }: { readonly report: Report; readonly sentence: string }) {
  const { say, count } = useReader();
  const { request, summary, timings, failed, engine } = report;
  const aside = failedEverywhere(request);
  const outcomes = taskStatesOf(request);
  // Where there is little to tell of failures there is room beside the map.
  const calm = request.failed_count === 0;
  return (
    <main class="page report">
      <Head request={request} />
      <SentenceLine request={request} sentence={sentence} bad={badTasksOf(outcomes)} />
      <div class="big-bar">
        <Bar outcomes={outcomes} shares={barShares(request)} height={14} width={WIDTH} />
      </div>
      <Facts request={request} engine={engine} />
      <div class="columns">
        <section>
          <NotWarm request={request} summary={summary} />
          {timings === undefined ? null : <TimingsTable timings={timings} />}
          {calm ? <AsSent request={request} engine={engine} /> : null}
        </section>
        <aside>
          {request.pops.length === 0 ? null : (
            <section>
              <h2>
                {say("pops")}
                {aside.objects === 0 ? null : <span class="quiet"> {count("leavingAside", aside.objects)}</span>}
              </h2>
              <RequestMap pops={request.pops.map((row) => popState(without(row, aside), request))} />
            </section>
          )}
          {calm ? null : <AsSent request={request} engine={engine} />}
          <Warnings request={request} />
        </aside>
      </div>
      <ReportMatrix request={request} />
      <FailedTasks request={request} failed={failed} />
      {/* The throughput would stand here, once an answer has a sample a minute. */}
      <Foot request={request} />
    </main>
  );
}

function Head({ request }: Pick<Report, "request">) {
  const { say, count } = useReader();
  const { url_count: urls, pop_count: pops } = request;
  const sizes = [...(urls > 0 ? [count("urlCount", urls)] : []), ...(pops > 0 ? [count("popCount", pops)] : [])];
  return (
    <header class="report-head">
      <Brand />
      <h1 class="break">{titleOf(request)}</h1>
      <span class="quiet">{sizes.join(" × ")}</span>
      <span class="quiet dates">
        {say("listOfTwo", {
          first: say("reportSent", { at: utc(request.created_at) }),
          second: say("reportEnded", { at: utc(request.last_update_time) }),
        })}
      </span>
    </header>
  );
}

function Foot({ request }: Pick<Report, "request">) {
  const { say } = useReader();
  return (
    <footer class="quiet small">
      <span>
        Prewarm <code>{request.request_id}</code>
      </span>
      <span>
        {say("reportAsOf", { at: utc(request.timestamp) })} {say("reportCopy")}
      </span>
    </footer>
  );
}

/** With the date, and as everybody has it: whoever reads it may be elsewhere, and later. */
function utc(timestamp: string): string {
  return `${timestamp.slice(0, 16)} UTC`;
}
