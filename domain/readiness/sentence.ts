import { duration, elapsed } from "../durations.ts";
import type { Language } from "../format.ts";
import { formatterOf } from "../messages.ts";
import type { PopSelection } from "../pops/pop-selection.ts";
import { recName } from "../pops/recs.ts";
import { isTerminal, type Status } from "../request/lifecycle.ts";
import type { Readiness, Verdict } from "../request/readiness-schema.ts";
import type { UnconnectedReason } from "../result/sample.ts";
import { parseTimestamp } from "../timestamps.ts";
import { READINESS_MESSAGES, type SayReadiness } from "./messages.ts";
import { tooManyLack } from "./verdict.ts";

/** A request without a new result for so long makes no progress. */
const NO_PROGRESS_AFTER_MS = 300_000;
const SHORT_WAIT_MS = 60_000;
/** So many POPs or RECs are named. */
const MAX_NAMES = 3;

const SAY: Readonly<Record<Language, SayReadiness>> = {
  en: formatterOf(READINESS_MESSAGES, "en"),
  zh: formatterOf(READINESS_MESSAGES, "zh"),
};

/**
 * The state of a request in one sentence: while it runs, whether it will end before its timeout; at its end, whether its objects are
 * ready for traffic. Console, command, report and event have the same sentence.
 * @param clock writes a moment as a time of day. @default the sentence says how long it takes
 */
export function sentence(request: SentenceInput, language: Language = "en", clock?: (ms: number) => string): string {
  const say = SAY[language];
  if (!isTerminal(request.status)) return running(request, language, clock);
  const sentences = ended(request, say, language).map((text) => text.charAt(0).toUpperCase() + text.slice(1));
  return sentences.reduce((first, second) => say("twoSentences", { first, second }));
}

/**
 * `30 of 363 POPs: the default set (POPs discovered 2 d ago)`: the POPs of a request, and where their list comes from.
 * @param now milliseconds since the epoch
 */
export function popSelectionText(selection: PopSelection, now: number, language: Language = "en"): string {
  const source = popSourceText(selection.discovered_at, now, language);
  return SAY[language]("popsWithSource", { selection: chosenText(selection, language), source });
}

/** `discovered 2 d ago`: where a list of POPs comes from. @param discoveredAt null: from the catalogue */
export function popSourceText(discoveredAt: string | null, now: number, language: Language = "en"): string {
  const say = SAY[language];
  if (discoveredAt === null) return say("fromCatalogue");
  return say("fromDiscovery", { age: elapsed(now - parseTimestamp(discoveredAt), language) });
}

function chosenText({ set, selected, known, places }: PopSelection, language: Language): string {
  const say = SAY[language];
  if (set === "all") return say("popsAll", { selected, known });
  if (set === "named") return say("popsNamed", { selected, known });
  if (places.length === 0) return say("popsDefault", { selected, known });
  return say("popsDefaultOf", { selected, known, places });
}

/** Caveats of the verdict: embedded POPs (if ready), cold RECs behind Origin Shield. Undefined: no verdict, or no caveat applies. */
export function footnote(
  { verdict, readiness }: Pick<SentenceInput, "verdict" | "readiness">,
  language: Language = "en",
): string | undefined {
  if (verdict === undefined || verdict === null) return undefined;
  const say = SAY[language];
  const { cold_recs: recs = [], origin_shield: regions = [] } = readiness ?? {};
  const notes = [
    ...(verdict === "ready" || verdict === "ready_with_exceptions" ? [say("embeddedPops")] : []),
    ...(recs.length === 0 || regions.length === 0 ? [] : [say("originShield", { regions })]),
  ];
  if (notes.length === 0) return undefined;
  return notes.reduce((first, second) => say("twoSentences", { first, second }));
}

function running(request: SentenceInput, language: Language, clock: ((ms: number) => string) | undefined): string {
  const say = SAY[language];
  const { status, total_count: total, download_count: results, in_progress_task_count: inProgress } = request;
  const [now, timeoutAt] = [parseTimestamp(request.timestamp), parseTimestamp(request.timeout_at)];
  if (now >= timeoutAt) return say("timeIsUp");
  if (status === "CREATED") return say("askingSizes");
  if (status === "EXPANDING") return say("readingSources");
  if (status === "CHECK_POP") return say("checkingPops");
  if (total > 0 && results >= total) return say("counting");
  if (request.instance_count === 0) {
    const waiting = total - results - inProgress;
    return inProgress === 0 ? say("paused", { waiting }) : say("pausedWhileRunning", { waiting, running: inProgress });
  }
  if (status === "INSERT_TASK" && results === 0) return say("queuing");
  const stillMs = Math.max(0, now - parseTimestamp(request.last_update_time));
  const time = duration(stillMs, language);
  const [longest, ...others] = request.retrying ?? [];
  const waiting = others.reduce((sum, { tasks }) => sum + tasks, longest?.tasks ?? 0);
  // Only if they are all that is left: other queued tasks need instances, and make progress.
  if (longest !== undefined && inProgress === 0 && waiting >= total - results) {
    const left = duration(Math.max(0, parseTimestamp(longest.next_attempt_by) - now), language);
    return say("retrying", { count: waiting, time: left, reason: longest.examples[0]?.error ?? longest.code });
  }
  if (request.instances_at_work === 0)
    return stillMs < SHORT_WAIT_MS ? say("waitingForInstances") : say("waitingForInstancesLong", { time });
  if (stillMs >= NO_PROGRESS_AFTER_MS && request.bytes_per_second === 0) return say("noProgress", { time });
  if (request.estimated_finish_at === null)
    return say("underWay", { percentage: request.percentage_complete, measure: measureOf(request, say) });
  const finishAt = parseTimestamp(request.estimated_finish_at);
  if (finishAt > timeoutAt) return say("late", { time: duration(finishAt - timeoutAt, language) });
  const left = duration(Math.max(0, finishAt - now), language);
  const spare = duration(timeoutAt - finishAt, language);
  const at = clock?.(finishAt);
  return at === undefined ? say("onTime", { left, spare }) : say("onTimeAt", { left, spare, at });
}

function measureOf({ percentage_of: of }: SentenceInput, say: SayReadiness): string {
  return say(of === "tasks" ? "measureTasks" : "measureBytes");
}

function ended(request: SentenceInput, say: SayReadiness, language: Language): string[] {
  const { status, reason, failed_count: failed, percentage_complete: percentage } = request;
  if (status === "FAILED")
    return [reason === undefined ? say("failed") : say("failedFor", { reason: reason.replace(/[.。]$/, "") })];
  if (status === "FINISHED")
    return [...finished(request, say, language), ...recsOf(request, say), ...noTierOf(request, say)];
  const isStopped = status === "STOPPED";
  if (request.verdict === undefined || request.verdict === null)
    return [say(isStopped ? "stoppedUncounted" : "timedOutUncounted")];
  const notTried = request.total_count - request.download_count;
  return [
    say(isStopped ? "stopped" : "timedOut", { percentage, measure: measureOf(request, say) }),
    ...(notTried > 0 ? [say("notTried", { count: notTried })] : []),
    ...(failed > 0 ? [say("tasksFailed", { count: failed })] : []),
  ];
}

function finished(request: SentenceInput, say: SayReadiness, language: Language): string[] {
  const { verdict, readiness, failed_count: failed, total_count: total } = request;
  const asSentence = (clause: string) => say("sentence", { clause });
  const failures = failed > 0 ? [say("failedOf", { count: failed, total })] : [];
  if (readiness !== undefined && verdict === "not_ready")
    return [notReady(readiness, failures, say, language), ...unresolvedOf(readiness, say).map(asSentence)];
  if (readiness !== undefined && readiness.exceptions > 0) {
    const troubles = [
      ...failures,
      ...regionalOf(readiness, say),
      ...uncoveredOf(readiness, say),
      ...unreadableOf(readiness, say),
      ...unresolvedOf(readiness, say),
    ];
    const values = { count: readiness.exceptions, troubles: joined(troubles, say) };
    if (verdict === "not_verified") return [say("notVerifiedExceptions", values)];
    const claims = unclaimedOf(request, say);
    return [say("readyExceptions", values), ...(claims.length === 0 ? [] : [say("ofTheOthers", { claims })])];
  }
  if (verdict === undefined || verdict === null) return [say("finished")];
  if (verdict === "ready") return [say("ready", { claims: claimsOf(request, say) })];
  if (verdict === "not_verified" && failed === 0) return [say("notVerifiedTasks", { count: downloadedOf(request) })];
  // The list has no facts of the verdict but this.
  const { unreadable_urls: unread = 0, url_count: urls = unread } = request;
  const unreadable = unread > 0 ? [say("unreadable", { count: unread, urls })] : [];
  if (verdict === "not_ready" && unread > 0)
    return [say("notReadyBecause", { reasons: joined([...unreadable, ...failures], say) })];
  const head = {
    not_ready: "notReady",
    not_verified: "notVerified",
    ready_with_exceptions: "readyWithExceptions",
  } as const;
  // The number of failed tasks follows the verdict: it is not its reason.
  return [say(head[verdict]), ...failures.map(asSentence)];
}

/** @param failures how many tasks failed, if any */
function notReady(readiness: Readiness, failures: readonly string[], say: SayReadiness, language: Language): string {
  const lacking = lackingOf(readiness, say);
  // Failed tasks are a reason if no other explains them.
  const explained = readiness.cold_objects > readiness.cold_unreadable || lacking.length > 0;
  const reasons = [
    ...unreadableOf(readiness, say),
    ...coldOf(readiness, say, language),
    ...lacking,
    ...regionalOf(readiness, say),
    ...uncoveredOf(readiness, say),
    ...(explained ? [] : failures),
  ];
  return reasons.length === 0 ? say("notReady") : say("notReadyBecause", { reasons: joined(reasons, say) });
}

/** The clauses have commas. */
function joined(clauses: readonly string[], say: SayReadiness): string {
  return clauses.reduce((first, second) => say("twoClauses", { first, second }));
}

/** What is known of the good tasks, if all are good. */
function claimsOf(request: SentenceInput, say: SayReadiness): string {
  const { total_count: count, warm_count: warm } = request;
  if (warm === count) return say("allWarm", { count });
  const claims = [...(warm > 0 ? [say("warm", { count: warm })] : []), ...unclaimedOf(request, say)];
  return say("ofTasks", { count, claims });
}

/** Good tasks that are not proven warm. */
function unclaimedOf(request: SentenceInput, say: SayReadiness): string[] {
  const downloaded = downloadedOf(request);
  // Of what is lacking, the troubles tell.
  const regional = request.regional_count - (request.readiness?.regional_tasks ?? 0);
  return [
    ...(request.hit_count > 0 ? [say("hits", { count: request.hit_count })] : []),
    ...(regional > 0 ? [say("inRec", { count: regional })] : []),
    ...(downloaded > 0 ? [say("downloaded", { count: downloaded })] : []),
  ];
}

/** Tasks that were downloaded, and of which nothing is claimed. */
function downloadedOf(request: SentenceInput): number {
  const { download_count, failed_count, warm_count, hit_count, regional_count } = request;
  return Math.max(0, download_count - failed_count - warm_count - hit_count - regional_count);
}

/** Tasks whose object the REC keeps, although the request is for POPs. */
function regionalOf({ regional_tasks: count = 0 }: Readiness, say: SayReadiness): string[] {
  return count === 0 ? [] : [say("onlyInRec", { count })];
}

/** With scope `regional`: objects that no REC is shown to keep, and POPs of which no REC is shown. */
function uncoveredOf({ edge_tasks = 0, regional }: Readiness, say: SayReadiness): string[] {
  const atEdge = edge_tasks === 0 ? [] : [say("onlyAtEdge", { count: edge_tasks })];
  if (regional === undefined || regional.not_covered_pops === 0) return atEdge;
  const { not_covered_pops: count, not_covered_examples: examples, not_extended: limit } = regional;
  const values = { count, names: firstOf(examples, "morePops", count, say) };
  return [...atEdge, say(limit === undefined ? "notCovered" : "notCoveredLimit", values)];
}

/** With scope `regional`: how many RECs keep all objects, and the POPs that requested all of them besides the leads. */
function recsOf({ readiness }: SentenceInput, say: SayReadiness): string[] {
  const { regional } = readiness ?? {};
  if (regional === undefined) return [];
  const { recs, kept_recs: kept, covered_pops: covered, own_leads: count, own_lead_examples: examples } = regional;
  const named = examples.map(({ pop, reason }) => say("ownLead", { pop, reason: say(SAMPLE_TEXTS[reason]) }));
  const ownLeads = count === 0 ? [] : [say("ownLeads", { count, names: firstOf(named, "morePops", count, say) })];
  return [say("recsKept", { kept, recs, covered }), ...ownLeads];
}

const SAMPLE_TEXTS = {
  miss: "sampleMiss",
  unclear: "sampleUnclear",
  failed: "sampleFailed",
  no_sample: "noSample",
} as const satisfies Record<UnconnectedReason, keyof typeof READINESS_MESSAGES>;

/** A verdict on tasks whose tier nobody reports says how it is reported. */
function noTierOf({ readiness }: SentenceInput, say: SayReadiness): string[] {
  const count = readiness?.no_tier_tasks ?? 0;
  return count === 0 ? [] : [say("noTier", { count })];
}

function unreadableOf({ unreadable_urls: count, urls }: Readiness, say: SayReadiness): string[] {
  return count === 0 ? [] : [say("unreadable", { count, urls })];
}

/** A resolver that is down is another fault than a name that does not exist. */
function unresolvedOf(readiness: Readiness, say: SayReadiness): string[] {
  const { unresolved_pops: count, unanswered_pops: unanswered } = readiness;
  if (count === 0) return [];
  const names = firstOf(readiness.unresolved_examples, "morePops", count, say);
  if (unanswered === count) return [say("unanswered", { count, names })];
  return [
    unanswered === 0
      ? say("unresolved", { count, names })
      : say("unresolvedPartlyUnanswered", { count, names, unanswered }),
  ];
}

/** Cold objects that could be read. {@link unreadableOf} names the others. */
function coldOf(
  { cold_objects, cold_unreadable, cold_recs }: Readiness,
  say: SayReadiness,
  language: Language,
): string[] {
  const count = cold_objects - cold_unreadable;
  if (count <= 0) return [];
  const others = cold_unreadable > 0;
  if (cold_recs.length === 0) return [say(others ? "coldEverywhereBesides" : "coldEverywhere", { count })];
  const known = cold_recs.map((rec) => recName(rec, language));
  const recs = firstOf(known, "moreRecs", known.length, say);
  return [say(others ? "coldBesides" : "cold", { count, recs, recCount: known.length })];
}

/** Besides what is cold or could not be read. */
function lackingOf({ lacking_other_pops: count, lacking_examples, pops }: Readiness, say: SayReadiness): string[] {
  if (!tooManyLack(count, pops)) return [];
  return [say("lacking", { count, pops, names: firstOf(lacking_examples, "morePops", count, say) })];
}

/** The first few of so many names. */
function firstOf(all: readonly string[], more: "morePops" | "moreRecs", count: number, say: SayReadiness): string {
  const names = all.slice(0, MAX_NAMES);
  return count > MAX_NAMES ? say(more, { names, more: count - MAX_NAMES }) : say("names", { names });
}

/** What GET /prewarm says of a request, as far as the sentence needs it. */
export interface SentenceInput {
  readonly status: Status;
  readonly total_count: number;
  readonly download_count: number;
  readonly failed_count: number;
  readonly warm_count: number;
  readonly hit_count: number;
  readonly regional_count: number;
  readonly url_count?: number | undefined;
  readonly unreadable_urls?: number | undefined;
  readonly percentage_complete: number;
  /** @default bytes */
  readonly percentage_of?: "bytes" | "tasks" | undefined;
  readonly instance_count: number;
  readonly instances_at_work: number;
  readonly in_progress_task_count: number;
  readonly bytes_per_second: number;
  readonly estimated_finish_at: string | null;
  /** Those that wait longest first. */
  readonly retrying?: readonly RetryingTasks[] | undefined;
  readonly timestamp: string;
  readonly last_update_time: string;
  readonly timeout_at: string;
  /** Absent or null: its counts are not final. */
  readonly verdict?: Verdict | null | undefined;
  readonly readiness?: Readiness | undefined;
  readonly reason?: string | undefined;
}

interface RetryingTasks {
  readonly code: string;
  readonly tasks: number;
  readonly next_attempt_by: string;
  readonly examples: readonly { readonly error?: string | undefined }[];
}
