import type { Listed } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Form } from "../parts/forms.ts";
import type { TextName } from "../words/messages.ts";

/** How a request is shown in a list: the verdict where there is one, not the status alone. */
export interface RowState {
  readonly form: Form;
  /** The class that colours it. */
  readonly tone: "under_way" | "warm" | "hit" | "regional" | "done" | "not_kept" | "failed" | "waiting";
  readonly text: TextName;
  /** The filter that shows it besides "all"; undefined: none. */
  readonly filter: "underWay" | "toLookAt" | "ready" | undefined;
}

type Asked = Pick<
  Listed,
  | "status"
  | "verdict"
  | "instance_count"
  | "estimated_finish_at"
  | "timeout_at"
  | "failed_count"
  | "warm_count"
  | "hit_count"
  | "regional_count"
  | "download_count"
>;

export function rowState(request: Asked): RowState {
  return isTerminal(request.status) ? ended(request) : running(request);
}

function running({
  status,
  instance_count: wanted,
  estimated_finish_at: finish,
  timeout_at: timeout,
}: Asked): RowState {
  const state = (text: TextName, tone: RowState["tone"] = "under_way"): RowState => ({
    form: "under_way",
    tone,
    text,
    filter: "underWay",
  });
  if (status === "CREATED") return state("stCreated");
  if (status === "EXPANDING") return state("stExpanding");
  if (status === "CHECK_POP") return state("stCheckPop");
  if (wanted === 0) return { ...state("stPaused", "waiting"), form: "stopped" };
  if (finish !== null && parseTimestamp(finish) > parseTimestamp(timeout)) return state("stLate", "not_kept");
  return state(status === "INSERT_TASK" ? "stInsertTask" : "underWay");
}

function ended({ status, verdict, failed_count: failed, ...counts }: Asked): RowState {
  if (status === "STOPPED") return { form: "stopped", tone: "waiting", text: "stStopped", filter: "toLookAt" };
  if (status === "TIMEOUT") return { form: "timed_out", tone: "not_kept", text: "stTimedOut", filter: "toLookAt" };
  if (status === "FAILED") return { form: "failed", tone: "failed", text: "failed", filter: "toLookAt" };
  if (verdict === "not_ready") return { form: "failed", tone: "failed", text: "stNotReady", filter: "toLookAt" };
  if (verdict === "ready_with_exceptions")
    return { form: "not_kept", tone: "not_kept", text: "stReadyExceptions", filter: "toLookAt" };
  if (verdict === "ready") return { ...claim(counts), text: "ready", filter: "ready" };
  if (verdict === "not_verified")
    return { form: "done", tone: "done", text: "stNotVerified", filter: failed > 0 ? "toLookAt" : undefined };
  // A release before gave no verdict, so nothing says that it is ready.
  if (failed > 0) return { form: "not_kept", tone: "not_kept", text: "stFinished", filter: "toLookAt" };
  return { ...claim(counts), text: "stFinished", filter: undefined };
}

type Shown = Pick<Asked, "warm_count" | "hit_count" | "regional_count" | "download_count">;

/** Ready, as far as that was shown: by hits at the edge, by hits that are not proven warm, by hits of the REC, or not at all. */
function claim(counts: Shown): Pick<RowState, "form" | "tone"> {
  if (counts.regional_count > 0) return { form: "regional", tone: "regional" };
  if (counts.hit_count > 0) return { form: "hit", tone: "hit" };
  if (counts.warm_count < counts.download_count) return { form: "done", tone: "done" };
  return { form: "warm", tone: "warm" };
}
