import { setTimeout as sleep } from "node:timers/promises";
import { errorCachedMs } from "../../domain/distribution/error-caching.ts";
import { MAX_DEFERRAL_SECONDS, MAX_WHOLE_CHECK_BYTES } from "../../domain/limits.ts";
import { AddressRefusedError, type Ports } from "../../domain/net/addresses.ts";
import { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { isFromCache, reachedOrigin, retryAfterMs } from "../../domain/origin/origin-response.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import { fnv1a, type TaskUrl } from "../../domain/plan/task.ts";
import { attemptsBefore, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import { type Failure, uncacheableHeader } from "../../domain/result/failure.ts";
import { cacheStatusOf } from "../../domain/result/proof.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { pauseMs } from "../../domain/retry.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Transfer } from "../report/heartbeats.ts";
import type { Throughput } from "../report/throughput.ts";
import { type AttemptVerdict, judge } from "./attempt-verdict.ts";
import { maxBytesOf } from "./http/body-limits.ts";
import type { Cancellation, Endpoint, HttpClient, HttpResult } from "./http/http-client.ts";
import { nextAddress, nextTry } from "./next-attempt.ts";
import { checkFailure, checkHeaders, type Proof, type ProofRequest, prove, type Timed } from "./proof.ts";
import { NotATaskError, type RequestHeaders, requestHeaders } from "./request-headers.ts";
import { objectKey, type RequestTracker } from "./request-tracker.ts";
import { type Attempt, isRecUnsure, type TaskAttempt, toResult } from "./to-result.ts";

/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;
/** Jitter of a deferred attempt, as a share of its delay. */
const DEFERRAL_JITTER = 0.3;
/** Jitter of a check that is to be alone: other processes that saw the same at the same time check at other times. */
const CHECK_ALONE_JITTER_MS = 1_000;
/**
 * How long it waits for this process's other requests for the object. It may then get a collapsed response, which never makes it warm: its
 * Age does not grow. Without a limit, it would wait for as long as a large object is downloaded at one POP of the REC after another.
 */
const MAX_WAIT_FOR_OTHERS_MS = 10_000;

export interface DownloaderDeps {
  readonly http: HttpClient;
  readonly ports: Ports;
  /** Stored with the results. */
  readonly instanceId: string;
  /** Observes each response: throttling lowers the rate of its host. */
  readonly origins: OriginLimiterRegistry;
  /** After how many milliseconds CloudFront no longer caches an error, where the message does not say it. */
  readonly errorCachingMs: number;
  /** Shared by all downloads of the process. */
  readonly tracker: RequestTracker;
}

/** Who served a download. */
export type ServedBy = "cache" | "origin";

/** What a download reports to, and calls for its slot and permit, while it runs. */
export interface DownloadHooks {
  /** Cuts the download off; its result then shows nothing of the POP. */
  readonly cancellation: Cancellation;
  /** Counts its bytes as they come, for heartbeats. */
  readonly transfer: Transfer;
  /** Counts its bytes, and the task unless it was cut off, for the limit on downloads at once. */
  readonly throughput: Throughput;
  /** Whether a download is expected to reach the origin. */
  readonly mayReachOrigin: boolean;
  /** Waits before a check without slot and permit, so that others go on meanwhile. */
  waitWithoutSlotAndPermit(wait: () => Promise<unknown>): Promise<unknown>;
  /** Has what a further download needs where it may reach the origin. @throws DeferredError if the origin refuses requests */
  reacquire(): Promise<unknown>;
  /** Called when the connection of a download is open. @returns what the request waits for. It throws {@link DeferredError} */
  beforeSend(): Promise<unknown> | undefined;
  /** A download has ended so well that the followers of a lead may ask. The proof goes on. */
  onDownloaded(shown: LeadResult): void;
  /** The first complete download has ended. @param by undefined: the response does not show it */
  onServed(by: ServedBy | undefined): void;
}

/**
 * Downloads one URL from one POP, on each attempt from the POP's next address, and drops what arrives: the POP then has the object, and is
 * asked whether it keeps it. The first address follows from a hash of the URL, so that a POP's addresses share its load, and from the
 * number of attempts in earlier messages.
 * @throws NotATaskError for what no agent can ask for; DeferredError for what is to be asked for later
 */
export type Download = (message: TaskMessage, task: TaskUrl, hooks: DownloadHooks) => Promise<TaskResult>;

export function createDownload(deps: DownloaderDeps): Download {
  return async (message, task, hooks) => new TaskDownload(deps, message, task, hooks).run();
}

/** The download and the proof of one task. */
class TaskDownload {
  private readonly url: URL;
  /** With the query. */
  private readonly path: string;
  private readonly headers: RequestHeaders;
  /** What the tracker knows the object by. */
  private readonly object: string;
  /** Attempts at it in the messages before. */
  private readonly attemptsBefore: number;
  /** Attempts in this message, at the addresses in turn. */
  private attempts = 0;
  /** How often it was requested whole. */
  private wholeRequests = 0;
  /** Whether a response after a good download was a Hit or a RefreshHit. */
  private sawHit = false;

  constructor(
    private readonly deps: DownloaderDeps,
    private readonly message: TaskMessage,
    private readonly task: TaskUrl,
    private readonly hooks: DownloadHooks,
  ) {
    this.url = parseUrl(task.url);
    this.path = this.url.pathname + this.url.search;
    this.headers = requestHeaders(message, task.variant);
    this.object = objectKey(message, this.path);
    this.attemptsBefore = attemptsBefore(message, task);
  }

  async run(): Promise<TaskResult> {
    const startedAt = this.task.first_attempt_at ?? Date.now();
    const taskAttempt = await this.warm().catch((error: unknown) => this.attemptOfError(error, startedAt));
    const ms = Math.max(0, Date.now() - startedAt);
    const { message, task, sawHit } = this;
    const result = toResult(message, task, this.deps.instanceId, { ...taskAttempt, sawHit }, ms);
    // A download that was cut off shows nothing of the link.
    if (!this.hooks.cancellation.cancelled)
      this.hooks.throughput.addTask(indicatesOverload(result, taskAttempt.attempt.count));
    return result;
  }

  /** @param startedAt the start of the first of all attempts, in milliseconds since the epoch: a deferred task keeps it */
  private attemptOfError(error: unknown, startedAt: number): TaskAttempt {
    // Task has checked the addresses, but a message may come from elsewhere.
    if (error instanceof AddressRefusedError) return notAttempted({ reason: "refused_address", detail: error.message });
    if (!(error instanceof DeferredError)) throw error;
    // It is the origin that has too much to do, not the link.
    this.hooks.throughput.addTask(false);
    throw new DeferredError(error.delayMs, this.attempts, startedAt);
  }

  private async warm(): Promise<TaskAttempt> {
    const first = fnv1a(this.task.url) + this.attemptsBefore;
    const attempt = await this.attempt((n) => first + n);
    if (attempt.verdict.kind !== "GOOD") return { attempt };
    this.reportDownloaded(attempt.answer);
    this.hooks.onServed(servedBy(attempt));
    return this.message.verify === "off" ? { attempt } : { attempt, proof: await this.prove(attempt) };
  }

  /**
   * The REC has what was downloaded, unless it does not keep it. Headers that forbid that decide nothing, because a minimum TTL overrides them:
   * the followers wait for what the proof shows. Without a proof they ask as if each led. Followers have no permits of a limited origin, and
   * a cache policy that keeps nothing shows in no header: under a limit, the followers always wait for the result.
   */
  private reportDownloaded(answer: HttpResult): void {
    const { message } = this;
    if (message.followers === undefined || isLimited(message.origin)) return;
    if (message.verify !== "off" && uncacheableHeader(answer) !== undefined) return;
    this.hooks.onDownloaded({ ok: true, rec_unsure: isRecUnsure(message, answer) || undefined });
  }

  private prove(download: Attempt): Promise<Proof> {
    const { addressIndex, answer } = download;
    return prove(download, {
      originSendsAge: () => this.deps.tracker.originSendsAge(this.message.host),
      isCancelled: () => this.hooks.cancellation.cancelled,
      request: async (request, history) => {
        if (request.next === "check") {
          const ended = await this.beginCheck(request);
          const check = await this.send(addressIndex, checkHeaders(this.headers.lines, answer.bytes, history), ended);
          this.sawHit ||= isAnyHit(check.answer);
          return { ...check, failure: checkFailure(check.answer) };
        }
        this.hooks.transfer.clear();
        const again = await this.sendWhole(addressIndex).catch((error: unknown) => deferredAsFailure(error, download));
        this.sawHit ||= isAnyHit(again.answer);
        return { ...again, failure: this.judge(again).failure };
      },
    });
  }

  /**
   * Waits until a check may be sent. It holds nothing meanwhile.
   * @returns what to call when the check has ended: from now on it is in progress, so that no other check is alone
   */
  private async beginCheck({ earliestAt, alone }: Extract<ProofRequest, { next: "check" }>): Promise<() => void> {
    const { object, hooks } = this;
    const { tracker } = this.deps;
    const ms = earliestAt + (alone ? Math.random() * CHECK_ALONE_JITTER_MS : 0) - performance.now();
    // A timer drops the fraction of its milliseconds, and a check that comes too early shows no growth.
    if (ms > 0) await hooks.waitWithoutSlotAndPermit(() => sleep(Math.ceil(ms) + 1));
    const deadline = performance.now() + MAX_WAIT_FOR_OTHERS_MS;
    // Another one may begin while it waits for its permit.
    while (alone && !hooks.cancellation.cancelled && tracker.isInProgress(object)) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      await hooks.waitWithoutSlotAndPermit(() => tracker.untilAlone(object, left));
    }
    return tracker.begin(object);
  }

  /**
   * @param addressIndexOf the POP's addresses, by the number of the attempt
   * @returns the last attempt
   * @throws DeferredError if the next one is to come later
   */
  private async attempt(addressIndexOf: (attempt: number) => number): Promise<Attempt> {
    const { transfer, cancellation } = this.hooks;
    const past: Attempt[] = [];
    this.attempts = 0;
    let addressIndex = addressIndexOf(0);
    for (;;) {
      if (cancellation.cancelled) return past.at(-1) ?? NOT_ATTEMPTED;
      if (past.length > 0) transfer.clear();
      const timed = await this.sendWhole(addressIndex);
      const last: Attempt = { ...timed, count: ++this.attempts, addressIndex, verdict: this.judge(timed) };
      if (last.verdict.kind !== "RETRY" || cancellation.cancelled) return last;
      past.push(last);
      const next = nextAddress(addressIndexOf, this.message.ips.length, past);
      const then = nextTry(last, this.attemptsBefore, next !== undefined);
      if (then === "later") return this.defer(last);
      if (then === "never" || next === undefined) return last;
      await sleep(pauseMs(past.length - 1, { firstMs: FIRST_PAUSE_MS }));
      addressIndex = next;
    }
  }

  private judge({ answer }: Timed): AttemptVerdict {
    return judge(answer, this.task.bytes, this.headers.compressed);
  }

  /**
   * Defers the task until the error is no longer cached; not before the `Retry-After` of the origin.
   * @returns the failed attempt, if the error is cached for longer than the task can wait
   * @throws DeferredError
   */
  private defer(last: Attempt): Attempt {
    const { error_ttls: ttls, deadline } = this.message;
    const { httpStatus: status, retryAfter } = last.answer;
    const now = Date.now();
    const cachedMs = errorCachedMs(ttls, status, this.deps.errorCachingMs);
    const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : parseTimestamp(deadline) - now;
    const ttl = ttls?.[String(status)];
    if (ttl !== undefined && cachedMs > Math.min(leftMs, MAX_DEFERRAL_SECONDS * 1_000)) {
      const limit = cachedMs > leftMs ? "the rest of the request's time" : `a task waits (${MAX_DEFERRAL_SECONDS} s)`;
      const why = `CloudFront caches HTTP ${status} for ${ttl} s (ErrorCachingMinTTL), longer than ${limit}`;
      return { ...last, verdict: { kind: "FINAL", failure: withDetail(last.verdict.failure, why) } };
    }
    const ms = Math.max(cachedMs, retryAfterMs(retryAfter, now) ?? 0);
    throw new DeferredError(ms * (1 + Math.random() * DEFERRAL_JITTER));
  }

  /** The task was admitted for the first one. A further one waits here: a check may have given its permit back. */
  private async sendWhole(addressIndex: number): Promise<Timed> {
    if (this.wholeRequests++ > 0) await this.hooks.reacquire();
    return this.send(addressIndex);
  }

  /**
   * @param check what a check adds to the headers; absent: a download
   * @param ended of a check, which is in progress already: to be called when it has ended
   */
  private async send(
    addressIndex: number,
    check?: string,
    ended = this.deps.tracker.begin(this.object),
  ): Promise<Timed> {
    const { message, path, hooks } = this;
    const isWhole = check === undefined;
    let startedAt = performance.now();
    const start = () => {
      startedAt = performance.now();
    };
    const beforeSend = () => {
      start();
      return hooks.beforeSend()?.then(start);
    };
    const answer = await this.deps.http
      .get(this.endpointOf(addressIndex), path, this.headers.lines + (check ?? ""), this.onBytes, {
        cancellation: hooks.cancellation,
        maxBytes: isWhole ? maxBytesOf(this.task.bytes) : MAX_WHOLE_CHECK_BYTES,
        pop: message.pop,
        beforeSend: isWhole ? beforeSend : undefined,
      })
      .finally(ended);
    const endedAt = performance.now();
    this.deps.origins.observe({
      // A further attempt counts as a retry of the URL.
      work: { ...message, tries: this.attemptsBefore + this.wholeRequests - 1 },
      url: this.url.href,
      pop: message.pop,
      response: answer,
      elapsedMs: endedAt - startedAt,
      mayReachOrigin: isWhole && hooks.mayReachOrigin,
    });
    this.deps.tracker.recordResponse(message.host, answer);
    return { answer, startedAt, endedAt };
  }

  private readonly onBytes = (bytes: number): void => {
    this.hooks.throughput.addBytes(bytes);
    this.hooks.transfer.addBytes(bytes);
  };

  /** @param addressIndex which of the POP's addresses; after the last one, the first follows again */
  private endpointOf(addressIndex: number): Endpoint {
    const { message, url } = this;
    const { httpsPort, httpPort } = this.deps.ports;
    const secure = url.protocol === "https:";
    return {
      secure,
      address: message.ips[addressIndex % message.ips.length] ?? "",
      port: url.port === "" ? (secure ? httpsPort : httpPort) : Number(url.port),
      servername: message.host.replace(/:\d+$/, ""),
    };
  }
}

/** Who served a download, if Server-Timing shows that. After an attempt that failed, the next one shows nothing of the REC. */
function servedBy({ count, answer }: Attempt): ServedBy | undefined {
  if (count !== 1) return undefined;
  if (isFromCache(answer)) return "cache";
  return reachedOrigin(answer) ? "origin" : undefined;
}

/** Unlike a Hit, a RefreshHit asked the origin; but the object was in a cache. */
function isAnyHit({ xCache }: HttpResult): boolean {
  const status = cacheStatusOf(xCache);
  return status === "HIT" || status === "REFRESH_HIT";
}

/** The origin's limits, or its throttling, defer the second download. The proof ends as `failed`, because its message is not queued again. @throws any other error */
function deferredAsFailure(error: unknown, before: Timed): Timed {
  if (!(error instanceof DeferredError)) throw error;
  const detail = "the limits or the throttling of the origin do not allow the second download now";
  return { ...before, answer: { ...before.answer, failure: { reason: "other", detail } } };
}

function withDetail({ reason, code, detail }: Failure = { reason: "other" }, more: string): Failure {
  return { reason, code, detail: detail === undefined ? more : `${detail}; ${more}` };
}

function notAttempted(failure: Failure): TaskAttempt {
  const attempt = { count: 0, addressIndex: 0, answer: { bytes: 0 }, startedAt: 0, endedAt: 0 };
  return { attempt: { ...attempt, verdict: { kind: "FINAL", failure } } };
}

/** How a task ends that is cancelled before it has begun. */
const NOT_ATTEMPTED = notAttempted({ reason: "other", detail: "not attempted" }).attempt;

/**
 * Whether too many downloads at once may be the cause. They never are where a POP refuses the first attempt.
 * @param attempts of this message
 */
function indicatesOverload({ ok, outcome, http_status: status = 0 }: TaskResult, attempts: number): boolean {
  return !ok && outcome !== "not_kept" && (status === 0 || status >= 500 || attempts > 1);
}

/** The reason does not quote the URL: there may be a key in it. */
function parseUrl(text: string): URL {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) throw new NotATaskError("a url is not an http(s) URL");
  return url;
}
