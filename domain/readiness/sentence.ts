import { isTerminal } from "../request/status.ts";
import { ZH } from "./chinese.ts";
import { EN } from "./english.ts";
import type { Language } from "./language.ts";
import type { Claims, Phrases } from "./phrases.ts";
import type { SentenceFacts } from "./sentence-facts.ts";

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
