import type { Progress } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Icon } from "../parts/icon.tsx";
import { ReportButton } from "../report/report-button.tsx";
import { titleOf } from "../requests/title.ts";
import { hrefOfList } from "../requests/use-return.ts";
import { hrefOf } from "../routes.ts";
import { useReader } from "../session/reader.ts";

interface RequestHeadProps {
  readonly request: Progress;
  readonly sentence: string;
  /** Tasks that are not good. */
  readonly tasks: number;
  readonly mayRetry: boolean;
  /** It would fail the same way: then it is not what comes next. */
  readonly isRetryVain: boolean;
  readonly onStop: () => void;
  readonly onRetry: () => void;
}

/** What is warmed, and what can be done about it. */
export function RequestHead({ request, sentence, tasks, mayRetry, isRetryVain, onStop, onRetry }: RequestHeadProps) {
  const { say, count } = useReader();
  const { request_id: id, url_count: urls, pop_count: pops, retry_of, retried_by } = request;
  const ended = isTerminal(request.status);
  const size = [...(urls > 0 ? [count("urlCount", urls)] : []), ...(pops > 0 ? [count("popCount", pops)] : [])].join(
    " × ",
  );
  return (
    <div class="head request-head">
      <a class="button plain" href={hrefOfList()} aria-label={say("back")} title={say("back")}>
        <Icon name="back" />
      </a>
      <h1 class="cut" title={request.url_prefix}>
        {titleOf(request)}
      </h1>
      <span class="quiet size">{size}</span>
      <CopyButton class="button id-button" text={id} label={`${say("copyId")}: ${shortId(id)}`}>
        <code>{shortId(id)}</code>
      </CopyButton>
      {retry_of === undefined ? null : (
        <a href={hrefOf({ name: "request", id: retry_of })}>{say("retryOf", { id: shortId(retry_of) })}</a>
      )}
      {retried_by === undefined ? null : (
        <a href={hrefOf({ name: "request", id: retried_by })}>{say("retriedBy", { id: shortId(retried_by) })}</a>
      )}
      <span class="fill" />
      <div class="actions">
        {ended ? <ReportButton request={request} /> : null}
        <CopyButton text={[sentence, titleOf(request), id].join(" ")} label={say("copySentence")} icon="share">
          {say("copySentence")}
        </CopyButton>
        {ended ? null : (
          <>
            <CopyButton text={`npx prewarm status ${id} --watch`} label={say("followTerminal")} icon="terminal" />
            <a class="button" href={hrefOf({ name: "instances" })}>
              <Icon name="server" />
              {count("instanceCount", request.instance_count)}
            </a>
            <button type="button" class="button danger" onClick={onStop}>
              <Icon name="stop" />
              {say("stop")}
            </button>
          </>
        )}
        {mayRetry ? (
          <button type="button" class={isRetryVain ? "button" : "button primary"} onClick={onRetry}>
            <Icon name="retry" />
            {tasks > 0 ? count("retry", tasks) : say("retryAll")}
          </button>
        ) : null}
      </div>
    </div>
  );
}
