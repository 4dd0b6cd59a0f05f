import type { Language } from "../format.ts";
import { isTerminal, type Status } from "../request/lifecycle.ts";
import type { Readiness, Verdict } from "../request/verdict.ts";
import { parseTimestamp } from "../timestamps.ts";
import { ZH } from "./chinese.ts";
import { EN } from "./english.ts";
import type { Claims, Phrases } from "./phrases.ts";

/** A request that works and comes to nothing for so long makes no progress. */
const STILL_MS = 300_000;

/**
 * What an operator wants to know of a request, in one sentence: while it runs, whether it comes in time; at its end, whether the
 * crowd may come. The page, the terminal, the report and the event say the same.
 * @param clock writes a moment as a time of day. @default no times are told, only how long it takes
 */
export function sentence(facts: SentenceFacts, language: Language = "en", clock?: (ms: number) => string): string {
  const say = language === "zh" ? ZH : EN;
  return isTerminal(facts.status) ? ended(facts, say) : running(facts, say, clock);
}

function running(facts: SentenceFacts, say: Phrases, clock: ((ms: number) => string) | undefined): string {
  const { status, total, results, now, timeoutAt, finishAt } = facts;
  if (now >= timeoutAt) return say.timeIsUp();
  if (status === "CREATED") return say.askingSizes();
  if (status === "EXPANDING") return say.readingSources();
  if (status === "CHECK_POP") return say.checkingPops();
  if (total > 0 && results >= total) return say.counting();
  if (facts.instancesWanted === 0) return say.paused(total - results - facts.inProgress, facts.inProgress);
  if (status === "INSERT_TASK" && results === 0) return say.queuing();
  const stillMs = Math.max(0, now - facts.lastMoveAt);
  if (facts.instancesAtWork === 0) return say.waitingForInstances(stillMs);
  if (stillMs >= STILL_MS && facts.bytesPerSecond === 0) return say.noProgress(stillMs);
  if (finishAt === null) return say.underWay(facts.percentage);
  if (finishAt > timeoutAt) return say.late(finishAt - timeoutAt);
  return say.onTime(Math.max(0, finishAt - now), timeoutAt - finishAt, clock?.(finishAt));
}

function ended(facts: SentenceFacts, say: Phrases): string {
  const { status, total, results, failed, percentage, reason, counted } = facts;
  if (status === "FAILED") return say.failed(reason);
  if (status === "STOPPED" || status === "TIMEOUT") {
    const how = status === "STOPPED" ? say.stopped : say.timedOut;
    return counted ? how(percentage, total - results, failed) : how(undefined, 0, 0);
  }
  return finished(facts, say);
}

function finished(facts: SentenceFacts, say: Phrases): string {
  const { verdict, readiness, total, failed } = facts;
  const claims: Claims = { total, failed, warm: facts.warm, hit: facts.hit, done: doneOf(facts) };
  if (verdict === undefined) return say.finished(claims);
  if (readiness === undefined) return say.verdict(verdict, claims);
  if (verdict === "not_ready") return say.notReady(readiness, claims);
  return readiness.exceptions === 0 ? say.verdict(verdict, claims) : say.exceptions(verdict, readiness, claims);
}

function doneOf({ results, failed, warm, hit }: SentenceFacts): number {
  return Math.max(0, results - failed - warm - hit);
}

/** What a sentence on a request rests on. Times are milliseconds since the epoch. */
export interface SentenceFacts {
  readonly status: Status;
  readonly total: number;
  /** Tasks that have a result, and those of them that failed, are warm, or are hits. The others are downloaded. */
  readonly results: number;
  readonly failed: number;
  readonly warm: number;
  readonly hit: number;
  /** Whole per cent. */
  readonly percentage: number;
  /** Instances that it wishes for: 0 pauses it. */
  readonly instancesWanted: number;
  readonly instancesAtWork: number;
  /** Tasks that agents hold. */
  readonly inProgress: number;
  readonly bytesPerSecond: number;
  readonly now: number;
  readonly lastMoveAt: number;
  readonly timeoutAt: number;
  /** When all tasks will have a result at the rate of now; null: nobody knows. */
  readonly finishAt: number | null;
  readonly verdict?: Verdict | undefined;
  readonly readiness?: Readiness | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Whether its counts are final. It matters once it has ended. */
  readonly counted: boolean;
}

/** What GET /prewarm says of a request, as far as the sentence needs it. */
export interface ProgressBody {
  readonly status: Status;
  readonly total_count: number;
  readonly download_count: number;
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly percentage_complete: number;
  readonly instance_count: number;
  readonly instances_at_work: number;
  readonly in_progress_task_count: number;
  readonly bytes_per_second: number;
  readonly estimated_finish_at: string | null;
  readonly timestamp: string;
  readonly last_update_time: string;
  readonly timeout_at: string;
  readonly verdict?: Verdict | undefined;
  readonly readiness?: Readiness | undefined;
  readonly reason?: string | undefined;
}

/** A request that ended this long ago has its counts; without a verdict, a release before ended it. */
const COUNTED_MS = 3_600_000;

/** The facts of an answer of GET /prewarm. */
export function factsOf(body: ProgressBody): SentenceFacts {
  const at = (text: string) => parseTimestamp(text).getTime();
  const [now, lastMoveAt] = [at(body.timestamp), at(body.last_update_time)];
  return {
    status: body.status,
    total: body.total_count,
    results: body.download_count,
    failed: body.failed_count,
    warm: body.warm_count,
    hit: body.hit_count,
    percentage: body.percentage_complete,
    instancesWanted: body.instance_count,
    instancesAtWork: body.instances_at_work,
    inProgress: body.in_progress_task_count,
    bytesPerSecond: body.bytes_per_second,
    now,
    lastMoveAt,
    timeoutAt: at(body.timeout_at),
    finishAt: body.estimated_finish_at === null ? null : at(body.estimated_finish_at),
    verdict: body.verdict,
    readiness: body.readiness,
    reason: body.reason,
    counted: body.verdict !== undefined || body.status === "FINISHED" || now - lastMoveAt > COUNTED_MS,
  };
}
