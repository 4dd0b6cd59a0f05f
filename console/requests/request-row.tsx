import type { Listed } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { badTasksOf, barShares, completeOf, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { Bar } from "../parts/bar.tsx";
import { Shape } from "../parts/shape.tsx";
import { NOT_MEASURED } from "../request/facts.tsx";
import { hrefOf } from "../routes.ts";
import { useReader } from "../session/reader.ts";
import { rowState } from "./row-state.ts";
import { useStatusDetail } from "./status-detail.ts";
import { titleOf } from "./title.ts";

/** One request. The link is the way for keys and screen readers; the mouse may press the row anywhere. */
export function RequestRow({ request, now }: { readonly request: Listed; readonly now: number }) {
  const { say, formats, count } = useReader();
  const { form, tone, text } = rowState(request);
  const detail = useStatusDetail(request);
  const outcomes = taskStatesOf(request);
  const ended = isTerminal(request.status);
  const left = ended ? outcomes.waiting + outcomes.under_way : 0;
  const bad = badTasksOf(outcomes);
  const sentAt = parseTimestamp(request.created_at);
  const href = hrefOf({ name: "request", id: request.request_id });
  return (
    <tr data-row={request.request_id} onClick={(event) => openRow(event, href)}>
      <td class="what">
        <a class="cut" href={href} title={request.url_prefix}>
          {titleOf(request)}
        </a>
        <div class="cut">
          <code>{shortId(request.request_id)}</code> {count("urlCount", request.url_count)}
        </div>
      </td>
      <td>
        <div class={`status ${tone}`}>
          <Shape form={form} />
          {say(text)}
        </div>
        <div>{detail}</div>
      </td>
      <td class="progress">
        <Progress request={request} />
        <Bar outcomes={outcomes} shares={barShares(request)} height={7} />
      </td>
      <td class="number" data-name={say("warmOrHit")}>
        {request.total_count === 0 ? "–" : formats.count(outcomes.warm + outcomes.hit)}
      </td>
      <td class="number" data-name={say("notWarm")}>
        <div class={bad > 0 ? "failed strong" : left > 0 ? "" : "quiet"}>
          {request.total_count === 0 ? "–" : formats.count(left > 0 ? bad + left : bad)}
        </div>
        <div>{left > 0 ? say("notTried") : ""}</div>
      </td>
      <td class="number">
        <div title={formats.utc(sentAt)}>{formats.clock(sentAt)}</div>
        <div>{formats.ago(now - sentAt)}</div>
      </td>
    </tr>
  );
}

function Progress({ request }: { readonly request: Listed }) {
  const { say, formats } = useReader();
  const { download_size: done, total_size: total, in_progress_size: under } = request;
  const { percent, of } = completeOf(request);
  const cutShort = request.status === "STOPPED" || request.status === "TIMEOUT";
  if (isTerminal(request.status) && !cutShort) {
    const took = parseTimestamp(request.last_update_time) - parseTimestamp(request.created_at);
    const text = done === 0 ? say("nothing") : say("inTime", { size: formats.bytes(done), time: formats.long(took) });
    return (
      <div>
        <span>{text}</span>
      </div>
    );
  }
  return (
    <div>
      <span>
        {of === "tasks" && request.total_count > 0
          ? say("tasksOf", { done: request.download_count, total: request.total_count })
          : total === 0
            ? NOT_MEASURED
            : say("ofBytes", { done: formats.bytes(done + under), total: formats.bytes(total) })}
      </span>
      {cutShort || request.total_count === 0 ? null : <span class="strong">{formats.percent(percent)}</span>}
    </div>
  );
}

function openRow(event: MouseEvent, href: string): void {
  const { target } = event;
  if (target instanceof Element && target.closest("a, button") !== null) return;
  if (getSelection()?.isCollapsed === false) return;
  location.hash = href;
}
