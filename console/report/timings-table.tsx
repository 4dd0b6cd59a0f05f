import { useReader } from "../session/reader.ts";
import { RecTitle } from "../words/rec-title.tsx";
import type { RecTimings, Spread } from "./timings.ts";

/** How long first bytes and whole tasks took, a row a REC. */
export function TimingsTable({ timings }: { readonly timings: readonly RecTimings[] }) {
  const { say, formats } = useReader();
  if (timings.length === 0) return null;
  return (
    <section class="report-part">
      <h2>
        {say("timings")} <span class="quiet">{say("timingsSay")}</span>
      </h2>
      <table class="timings">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              {say("rec")}
            </th>
            <th scope="col" rowSpan={2} class="number">
              {say("taskHead")}
            </th>
            <th scope="colgroup" colSpan={2}>
              {say("firstByte")}
            </th>
            <th scope="colgroup" colSpan={2}>
              {say("wholeTask")}
            </th>
          </tr>
          <tr>
            <SpreadHeads />
            <SpreadHeads />
          </tr>
        </thead>
        <tbody>
          {timings.map(({ rec, tasks, firstByte, whole }) => (
            <tr key={rec}>
              <th scope="row">
                <RecTitle rec={rec} />
              </th>
              <td class="number">{formats.count(tasks)}</td>
              <SpreadCells spread={firstByte} />
              <SpreadCells spread={whole} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SpreadHeads() {
  const { say } = useReader();
  return (
    <>
      <th scope="col" class="number">
        {say("median")}
      </th>
      <th scope="col" class="number">
        {say("percentile95")}
      </th>
    </>
  );
}

function SpreadCells({ spread }: { readonly spread: Spread | undefined }) {
  const { formats } = useReader();
  const written = (ms: number | undefined) => (ms === undefined ? "–" : millis(ms, formats.count, formats.span));
  return (
    <>
      <td class="number">{written(spread?.median)}</td>
      <td class="number">{written(spread?.p95)}</td>
    </>
  );
}

/** `87 ms`, `1.2 s`, `5:37`: no more digits than are known. */
function millis(ms: number, count: (value: number) => string, span: (ms: number) => string): string {
  if (ms < 1_000) return `${count(Math.round(ms))} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms);
}
