import { useCallback, useState } from "preact/hooks";
import type { Listed, Progress } from "../../client/answers.ts";
import { isNotFound } from "../../client/api-client.ts";
import { isWholeId, requestsStartingWith } from "../../client/request-ids.ts";
import { badTasksOf, barShares, completeOf, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { lacksOnlyPops } from "../../domain/readiness/verdict.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { needsChange, readReason } from "../../domain/result/failure.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { useKeys } from "../keys/use-keys.ts";
import { Bar } from "../parts/bar.tsx";
import { copyText } from "../parts/copy.ts";
import { Skeleton } from "../parts/skeleton.tsx";
import { tabIconOf } from "../parts/tab-icon.ts";
import { Trouble } from "../parts/trouble.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { useTab } from "../parts/use-tab.ts";
import { rowState } from "../requests/row-state.ts";
import { hostOf, titleOf } from "../requests/title.ts";
import { hrefOfList } from "../requests/use-return.ts";
import { hrefOf } from "../routes.ts";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";
import { Ended } from "./ended.tsx";
import { Facts } from "./facts.tsx";
import { RequestHead } from "./request-head.tsx";
import { RetryDialog } from "./retry-dialog.tsx";
import { Running } from "./running.tsx";
import { SentenceLine, useSentence } from "./sentence-line.tsx";
import { StopDialog } from "./stop-dialog.tsx";
import { useRequest } from "./use-request.ts";
import { useSamples } from "./use-samples.ts";

/** One request, from the moment it is sent to its readiness verdict. @param id or the beginning of one */
export function RequestView({ id }: { readonly id: string }) {
  return isWholeId(id) ? <RequestOfId id={id} /> : <RequestOfShortId named={id} />;
}

/** What no listed id begins with may be one all the same: the API says whether there is such a request. */
function RequestOfShortId({ named }: { readonly named: string }) {
  const client = useClient();
  const { value, error, again } = useLoaded(
    useCallback(async () => {
      const found = await requestsStartingWith(client, named.toLowerCase());
      return { found, id: found[0]?.request_id ?? named };
    }, [client, named]),
  );
  useTab(named);
  if (value !== undefined)
    return value.found.length > 1 ? (
      <SeveralRequests named={named} requests={value.found} />
    ) : (
      <RequestOfId id={value.id} />
    );
  return error === undefined ? <RequestSkeleton /> : <Trouble error={error} again={again} lostSince={undefined} />;
}

function RequestOfId({ id }: { readonly id: string }) {
  const live = useRequest(id);
  const request = live.value;
  if (request === undefined && isNotFound(live.error)) return <NoRequest id={id} />;
  return (
    <>
      <Trouble {...live} />
      {request !== undefined ? (
        <Request request={request} again={live.again} />
      ) : live.error === undefined ? (
        <RequestSkeleton />
      ) : null}
    </>
  );
}

function RequestSkeleton() {
  const { say } = useReader();
  return (
    <section aria-busy="true" aria-label={say("connecting")}>
      <Skeleton width={320} height={28} />
      <p class="gap" />
      <Skeleton width={520} height={32} />
      <p class="gap" />
      <Skeleton width="100%" height={14} />
      <p class="gap" />
      <Skeleton width="100%" height={360} />
    </section>
  );
}

function NoRequest({ id }: { readonly id: string }) {
  const { say } = useReader();
  useTab(id);
  return (
    <section class="empty" role="alert">
      <h1>{say("noRequest", { id })}</h1>
      <p>
        <a href={hrefOfList()}>{say("back")}</a>
      </p>
    </section>
  );
}

/** As many as a reader looks through. */
const MAX_SEVERAL = 50;

interface SeveralRequestsProps {
  readonly named: string;
  readonly requests: readonly Listed[];
}

function SeveralRequests({ named, requests }: SeveralRequestsProps) {
  const { say, count, formats } = useReader();
  const shown = requests.slice(0, MAX_SEVERAL);
  return (
    <section class="empty">
      <h1>{say("severalRequests", { count: requests.length, id: named })}</h1>
      <ul>
        {shown.map((request) => {
          const sentAt = parseTimestamp(request.created_at);
          return (
            <li key={request.request_id}>
              <a href={hrefOf({ name: "request", id: request.request_id })}>
                <code>{request.request_id}</code>
              </a>{" "}
              {titleOf(request)} · {formats.day(sentAt)} {formats.clock(sentAt)}
            </li>
          );
        })}
      </ul>
      {requests.length > shown.length ? <p>{count("andMore", requests.length - shown.length)}</p> : null}
      <p>
        <a href={hrefOfList()}>{say("back")}</a>
      </p>
    </section>
  );
}

function Request({ request, again }: { readonly request: Progress; readonly again: () => void }) {
  const [asking, setAsking] = useState<"stop" | "retry">();
  const outcomes = taskStatesOf(request);
  const ended = isTerminal(request.status);
  const { sentence, of } = useSentence(request);
  const timed = { ...request, timestamp: of.timestamp, estimated_finish_at: of.estimated_finish_at };
  const points = useSamples(request);
  const left = request.total_count - request.download_count;
  const regional = request.readiness?.regional_tasks ?? 0;
  const tasks = badTasksOf(outcomes) + regional + (ended ? left : 0);
  const isClear =
    request.verdict === "ready" || (request.verdict === "not_verified" && request.readiness?.exceptions === 0);
  const { failures = [] } = request;
  const isRetryVain =
    left + regional === 0 && failures.length > 0 && failures.every(({ code }) => needsChange(readReason(code)));
  // What could not be read has no tasks, and may be tried again, unless its reason stays. A POP that does not resolve will not later.
  const mayHelp = tasks > 0 || (!isClear && !isRetryVain && !lacksOnlyPops(request));
  const mayRetry = ended && request.retried_by === undefined && mayHelp;
  useTabOf(request);
  useKeys({
    c: () => void copyText(sentence),
    ...(ended ? {} : { s: () => setAsking("stop") }),
    ...(mayRetry ? { r: () => setAsking("retry") } : {}),
  });
  const close = () => setAsking(undefined);
  return (
    <>
      <RequestHead
        request={request}
        sentence={sentence}
        tasks={tasks}
        mayRetry={mayRetry}
        isRetryVain={isRetryVain}
        onStop={() => setAsking("stop")}
        onRetry={() => setAsking("retry")}
      />
      <SentenceLine request={request} sentence={sentence} bad={badTasksOf(outcomes)} />
      <div class="big-bar">
        <Bar outcomes={outcomes} shares={barShares(request)} height={14} />
      </div>
      <Facts request={timed} />
      {ended ? <Ended request={request} points={points} /> : <Running request={request} points={points} />}
      {asking === "stop" ? <StopDialog id={request.request_id} left={left} onClose={close} onStopped={again} /> : null}
      {asking === "retry" ? (
        <RetryDialog id={request.request_id} tasks={tasks} toChange={isRetryVain ? failures : []} onClose={close} />
      ) : null}
    </>
  );
}

/** The host first: of several tabs it is what tells them apart. Then how far it is, and how it stands. */
function useTabOf(request: Progress): void {
  const { say, formats } = useReader();
  const { form, text } = rowState(request);
  const { percent } = completeOf(request);
  useTab([hostOf(request), formats.percent(percent), say(text)].join(" · "), tabIconOf(form, percent));
}
