import { AddressRefusedError } from "../../domain/net/addresses.ts";
import { type AcquireOptions, DeferredError, type Permit } from "../../domain/origin/origin-limiter.ts";
import type { HostLimiter } from "../../domain/origin/origin-limiter-registry.ts";
import { isFromCache, reachedOrigin, staysInCache } from "../../domain/origin/origin-response.ts";
import { isPassedOn } from "../../domain/plan/followers.ts";
import { fnv1a, type TaskUrl, urlVariantKey } from "../../domain/plan/task.ts";
import { attemptsBefore, isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import { DEFAULT_DOWNLOADS, DEFAULT_SCOPE, maxDownloads } from "../../domain/result/downloads.ts";
import { cutText, errorText, uncacheableHeader } from "../../domain/result/failure.ts";
import { DEFAULT_VERIFY, isHit } from "../../domain/result/outcome.ts";
import { downloadsIn } from "../../domain/result/proof.ts";
import { SAMPLE_DELAY_MS } from "../../domain/result/sample.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { RequestTarget, Timed } from "../fetch/fetch-object.ts";
import { Cancellation, type HttpResult } from "../fetch/http/http-client.ts";
import { NotATaskError, type RequestHeaders, requestHeaders } from "../fetch/request-headers.ts";
import { objectKey } from "../fetch/request-tracker.ts";
import { type Attempt, type FirstDownload, firstDownload, type TaskAttempt, toResult } from "../fetch/to-result.ts";
import type { Transfer } from "../report/heartbeats.ts";
import type { BySize } from "../report/throughput.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import type { AdmittedFollower, ServedBy } from "./follower-gate.ts";
import type { DownloadDeps, MessageJob } from "./message-job.ts";
import {
  emptyHistory,
  forgetAnswers,
  nextStep,
  type RequestStep,
  recordAnswer,
  type Surroundings,
  stateOf,
  type TaskHistory,
  type TaskSettings,
} from "./task-steps.ts";

/** The agent is stopping, or another one shall have the task: tasks that have not started return to the queue. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}

/** Characters of a URL and of an error in a heartbeat: its item is billed by the kilobyte. */
const MAX_EXAMPLE_CHARACTERS = 200;
/** A process that has lost its permits has no heartbeat: it needs some time until it has one again. */
const LEASE_LOST_DELAY_MS = 10_000;
/**
 * How long a check waits for this process's other requests for the object. It may then get a collapsed response, which never makes it warm:
 * its `Age` does not grow. Without a limit, it would wait for as long as a large object is downloaded at one POP of the REC after another.
 */
const MAX_WAIT_FOR_OTHERS_MS = 10_000;

/**
 * Runs one task: it carries out what {@link nextStep} and {@link stateOf} decide. It holds a permit and a slot while a request is in
 * progress, and nothing while it waits.
 */
export class TaskRun {
  private readonly target: RequestTarget;
  private readonly headers: RequestHeaders;
  private readonly settings: TaskSettings;
  private readonly history: TaskHistory;
  /** Key of the object in the tracker. */
  private readonly object: string;
  private readonly size: keyof BySize<unknown>;
  private readonly transfer: Transfer;
  /** Start of the first of all attempts, in milliseconds since the epoch: a deferred task keeps it. */
  private readonly startedAt: number;
  private isGated: boolean;
  private follower: AdmittedFollower | undefined;
  /** Whether the request was found active, after the first slot. */
  private isActive = false;
  private othersDeadline: number | undefined;
  private request: RequestStep | undefined;
  private slot: ConcurrencyLimiter | undefined;
  private permit: Permit | undefined;
  /** Cuts off the request that the permit is for. */
  private cancellation: Cancellation;
  private cut: (() => void) | undefined;

  /**
   * @param onEnd called once: without an error if the task has a result or needs none, with a DeferredError if it returns to the queue for a
   * time, with a StoppingError if it returns at once
   * @throws NotATaskError for a task that no agent can do
   */
  constructor(
    private readonly deps: DownloadDeps,
    private readonly job: MessageJob,
    private readonly url: TaskUrl,
    private readonly onEnd: (error?: unknown) => void,
  ) {
    const { message, cancellation, held } = job;
    this.target = requestTargetOf(url.url);
    this.headers = requestHeaders(message, url.variant);
    this.object = objectKey(message, this.target.path);
    this.size = isLarge(url) ? "large" : "small";
    this.settings = settingsOf(job, url, this.headers, deps.errorCachingMs);
    this.history = emptyHistory(url.transferred_bytes);
    this.startedAt = url.first_attempt_at ?? Date.now();
    // Without limits, a follower waits for no other one.
    this.isGated = message.follows === true && message.led_by !== undefined && isLimited(message.origin);
    this.cancellation = cancellation;
    this.transfer = held.startTransfer(maxDownloads(this.settings));
  }

  start(): void {
    if (!this.isGated) {
      this.advance();
      return;
    }
    const { message, prefetched } = this.job;
    const { req_id: reqId, pop, led_by: lead = "" } = message;
    prefetched.onDequeued(this.url, true);
    this.deps.followers.enter({ reqId, pop, lead, url: urlVariantKey(this.url) }).then(
      (follower) => {
        this.follower = follower;
        this.isGated = false;
        this.advance();
      },
      (error: unknown) => this.end(error),
    );
  }

  /** Goes on until something is waited for. It is called whenever that has happened. */
  private readonly advance = (): void => {
    try {
      while (this.step());
    } catch (error) {
      this.end(error);
    }
  };

  /** @returns whether the next step can follow at once */
  private step(): boolean {
    const request = this.request ?? this.decide();
    if (request === undefined) return false;
    this.request = request;
    switch (stateOf(request, this.surroundings(request))) {
      case "drop":
        this.end();
        return false;
      case "lead":
        return false;
      case "return":
        this.end(new StoppingError());
        return false;
      case "wait":
        this.release();
        forgetAnswers(this.history);
        this.deps.timers.add(request.earliestAt, this.advance);
        return false;
      case "wait_alone":
        this.release();
        forgetAnswers(this.history);
        this.waitForOthers();
        return false;
      case "permit":
        return this.acquirePermit(request);
      case "slot":
        return this.acquireSlot(request);
      case "send":
        this.sendIfActive(request);
        return false;
    }
  }

  /** The next request; undefined: the task ends. */
  private decide(): RequestStep | undefined {
    const { history, settings, job } = this;
    const isCancelled = job.cancellation.cancelled;
    const originSendsAge = this.deps.tracker.originSendsAge(job.message.host);
    const step = nextStep(history, settings, { originSendsAge, isCancelled });
    if (step.step === "request") return step;
    if (isCancelled) this.end();
    else if (step.step === "defer") this.defer(step.delayMs);
    else this.write(step.end);
    return undefined;
  }

  /** Returns to the queue after a failed attempt. The heartbeats say why, and until when. */
  private defer(delayMs: number): void {
    const { job, history, url } = this;
    const { pop, task_pop = pop } = job.message;
    const last = history.failed.at(-1);
    if (last?.verdict.failure !== undefined) {
      const { failure } = last.verdict;
      const example = {
        url: cutText(url.url, MAX_EXAMPLE_CHARACTERS),
        variant: url.variant,
        pop: task_pop,
        error: cutText(errorText(failure), MAX_EXAMPLE_CHARACTERS),
        http_status: last.answer.httpStatus,
      };
      job.held.addRetry({ code: failure.reason, until: Date.now() + delayMs, example });
    }
    this.end(new DeferredError(delayMs, history.failed.length, this.startedAt));
  }

  private surroundings(request: RequestStep): Surroundings {
    const now = performance.now();
    const isCheck = request.kind === "check";
    const hasPermit = this.permit !== undefined;
    const limiter = hasPermit ? undefined : this.limiterFor(request);
    return {
      isGated: this.isGated,
      isCancelled: this.job.cancellation.cancelled,
      isStopping: this.job.stopping.aborted,
      needsPermit: hasPermit || limiter !== undefined,
      hasPermit,
      isPermitScarce: limiter?.isBusy === true,
      hasSlot: this.slot !== undefined && this.slot === this.slotsFor(request),
      isOtherInProgress:
        isCheck &&
        now < (this.othersDeadline ?? Number.POSITIVE_INFINITY) &&
        this.deps.tracker.isInProgress(this.object),
      now,
    };
  }

  /** @returns undefined: nothing limits this request now */
  private limiterFor(request: RequestStep): HostLimiter | undefined {
    const { message } = this.job;
    // A check asks a cache. Where the object is not kept, it reaches the origin: it has a permit, without a slot of the rate.
    if (request.kind === "check" && message.origin?.concurrency === undefined) return undefined;
    return this.mayReachOrigin(request) ? this.deps.origins.limiterFor(message) : undefined;
  }

  /** Whether a request is expected to reach the origin. */
  private mayReachOrigin({ kind }: RequestStep): boolean {
    const { download, mayReachOriginAgain } = this.history;
    if (this.job.message.sample === true) return true;
    if (kind === "download" && download !== undefined) return mayReachOriginAgain;
    // A check of a lead finds out whether a cache has the object.
    const follows = this.job.message.follows === true && this.follower?.needsPermit !== true;
    return !follows || this.reachesOriginAgain();
  }

  /** Of a follower: whether a download has shown, in this message or before, that its next request may reach the origin. */
  private reachesOriginAgain(): boolean {
    if (this.job.message.follows !== true) return false;
    const { download, failures, mayReachOriginAgain } = this.history;
    return download === undefined ? failures > 0 || this.url.may_reach_origin === true : mayReachOriginAgain;
  }

  /** A check reads little, and must not wait for whole large objects. */
  private slotsFor({ kind }: RequestStep): ConcurrencyLimiter {
    return this.deps.limiters[kind === "check" ? "small" : this.size];
  }

  private isFirstRequest(): boolean {
    return this.history.last === undefined;
  }

  /** @returns whether it has the permit at once */
  private acquirePermit(request: RequestStep): boolean {
    const { job } = this;
    const options: Omit<AcquireOptions, "rate" | "signal"> = this.isFirstRequest()
      ? { isDeferrable: true }
      : { isContinuation: true, needsSendSlot: request.kind === "download" };
    const acquired = this.limiterFor(request)?.acquire({ ...options, signal: job.cancellation.signal });
    if (!(acquired instanceof Promise)) {
      this.permit = acquired;
      return true;
    }
    // It waits for its permit without a slot.
    this.release();
    if (this.isFirstRequest()) job.prefetched.onDequeued(this.url, true);
    acquired.then(
      (permit) => {
        this.permit = permit;
        this.advance();
      },
      (error: unknown) => this.end(error),
    );
    return false;
  }

  /** @returns whether it has the slot at once */
  private acquireSlot(request: RequestStep): boolean {
    const { message, prefetched } = this.job;
    this.releaseSlot();
    const slots = this.slotsFor(request);
    // Before its first request, it can be withdrawn with its message.
    const acquired = slots.acquire(message.req_id, message.pop, this.isFirstRequest() ? prefetched : undefined);
    if (acquired === true) return this.onSlot(slots, true);
    // Others, of the other size, may be sent before it.
    this.permit?.setSuspended(true);
    acquired.then((isGranted) => {
      this.permit?.setSuspended(false);
      if (this.onSlot(slots, isGranted)) this.advance();
    });
    return false;
  }

  private onSlot(slots: ConcurrencyLimiter, isGranted: boolean): boolean {
    if (this.isFirstRequest()) this.job.prefetched.onDequeued(this.url, isGranted);
    if (isGranted) this.slot = slots;
    // Withdrawn: it goes to another agent.
    else this.end(new StoppingError());
    return isGranted;
  }

  private waitForOthers(): void {
    this.othersDeadline ??= performance.now() + MAX_WAIT_FOR_OTHERS_MS;
    const left = Math.max(1, this.othersDeadline - performance.now());
    void this.deps.tracker.untilAlone(this.object, left).then(this.advance);
  }

  private sendIfActive(request: RequestStep): void {
    if (this.isActive) {
      this.send(request);
      return;
    }
    this.deps.isActive(this.job.message.req_id).then(
      (isActive) => {
        this.isActive = isActive;
        if (isActive) this.advance();
        else this.end();
      },
      (error: unknown) => this.end(error),
    );
  }

  private send(request: RequestStep): void {
    const { deps, job } = this;
    const { kind, addressIndex, countsAsCheckOnEdgeHit, abortBodyOnFill, firstByteOnly } = request;
    const hasEnded = deps.tracker.begin(this.object);
    const mayReachOrigin = this.mayReachOrigin(request);
    if (kind === "download") this.transfer.beginDownload();
    this.bindPermit();
    deps
      .fetch({
        message: job.message,
        target: this.target,
        headers: this.headers.lines,
        addressIndex,
        kind,
        firstByteOnly,
        abortBodyOnEdgeHit: countsAsCheckOnEdgeHit,
        abortBodyOnFill,
        expectedBytes: this.url.bytes,
        cancellation: this.cancellation,
        permit: this.permit,
        transfer: this.transfer,
        throughput: deps.throughput[this.size],
      })
      .then(
        (timed) => {
          hasEnded();
          this.onAnswer(request, timed, mayReachOrigin);
        },
        (error: unknown) => {
          hasEnded();
          this.onRefused(request, error);
        },
      );
  }

  private onAnswer(request: RequestStep, timed: Timed, mayReachOrigin: boolean): void {
    const { deps, job, history } = this;
    const { message } = job;
    const isLeaseLost = this.cancellation !== job.cancellation && this.cancellation.cancelled;
    this.unbindPermit();
    this.request = undefined;
    this.othersDeadline = undefined;
    // The permit's lease expired: another process may hold it. The aborted attempt does not count.
    if (isLeaseLost && timed.answer.failure !== undefined) {
      history.transferredBytes += timed.answer.bytes;
      this.end(new DeferredError(LEASE_LOST_DELAY_MS, 0, this.startedAt));
      return;
    }
    const isWhole = request.kind === "download";
    const isFirstDownload = history.download === undefined;
    const retries = this.settings.attemptsBefore + history.failed.length;
    const originSendsAge = deps.tracker.originSendsAge(message.host);
    const attempt = recordAnswer(history, this.settings, request, timed, originSendsAge);
    deps.origins.observe({
      work: { req_id: message.req_id, host: message.host, origin: message.origin, tries: retries },
      url: this.target.href,
      pop: message.pop,
      response: timed.answer,
      elapsedMs: timed.endedAt - timed.startedAt,
      mayReachOrigin: isWhole && mayReachOrigin,
    });
    deps.tracker.recordResponse(message.host, timed.answer);
    if (attempt !== undefined && attempt.verdict.kind !== "GOOD") this.transfer.dropDownload();
    if (attempt?.verdict.kind === "GOOD" && isWhole) {
      if (isFirstDownload) this.follower?.served(servedBy(attempt));
      history.first ??= firstDownload(message, attempt.answer);
      if (isFirstDownload || isLimited(message.origin)) this.releaseFollowers(attempt.answer, history.first);
    }
    this.advance();
  }

  /** Nothing was sent. */
  private onRefused(request: RequestStep, error: unknown): void {
    this.unbindPermit();
    if (!(error instanceof AddressRefusedError)) {
      this.end(error);
      return;
    }
    // Task has checked the addresses, but a message may come from elsewhere.
    const failure = { reason: "refused_address", detail: error.message } as const;
    const attempt = { count: 0, addressIndex: request.addressIndex, answer: { bytes: 0 }, startedAt: 0, endedAt: 0 };
    this.write({ attempt: { ...attempt, verdict: { kind: "FINAL", failure } } });
  }

  /**
   * The REC has what was downloaded, unless it does not keep it: the followers of a lead may start. Headers that forbid to keep it decide
   * nothing, because a minimum TTL overrides them: the followers wait for what the proof shows. Without a proof they request it as if each led.
   * Followers have no permits of a limited origin, and a cache policy that keeps nothing shows in no header: under a limit, the followers wait
   * for a download that a cache has answered, or for the result.
   */
  private releaseFollowers(answer: HttpResult, { isRecUnsure }: FirstDownload): void {
    const { message, promoter } = this.job;
    // With scope `regional`, they follow what the check shows.
    if (message.followers === undefined || message.scope === "regional") return;
    if (message.verify !== "off" && uncacheableHeader(answer) !== undefined) return;
    if (isLimited(message.origin) && !(isHit(answer) && staysInCache(answer, Date.now()))) return;
    promoter?.onDownloaded(this.url, { ok: true, rec_unsure: isRecUnsure || undefined });
  }

  /** Writes the result. A slot is held until it is stored, so that no more is downloaded than can be written. */
  private write(taskEnd: TaskAttempt): void {
    const { deps, job, url } = this;
    const { message, stopping, promoter } = job;
    const result = toResult(message, url, deps.instanceId, taskEnd, Math.max(0, Date.now() - this.startedAt));
    deps.throughput[this.size].addTask(indicatesOverload(result, taskEnd.attempt.count));
    // A download that the stop cut off shows nothing of the POP.
    if (stopping.aborted && !result.ok) {
      this.end(new StoppingError());
      return;
    }
    const written = isPassedOn(message, url, result) ? Promise.resolve() : deps.write(result);
    written.then(
      () => {
        promoter?.onResult(url, result);
        const { reason, error } = result;
        if (result.ok) this.transfer.finish(result.bytes);
        else deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "Task failed");
        this.end();
      },
      (error: unknown) => this.end(error),
    );
  }

  /** Releases all that the task holds, and ends it. An error of a task whose request has ended means nothing. */
  private end(error?: unknown): void {
    const { job, follower } = this;
    const thrown = job.cancellation.cancelled ? undefined : error;
    if (thrown instanceof DeferredError) {
      // It is the origin that has too much to do, not the link.
      if (this.history.last !== undefined) this.deps.throughput[this.size].addTask(false);
      this.carry(this.history.failed.length);
      // An attempt that the stop cut off does not count.
    } else if (thrown instanceof StoppingError) this.carry(0);
    this.transfer.clear();
    this.release();
    // Tasks that wait for a follower return to the queue, too. They have not been attempted.
    follower?.leave(thrown instanceof DeferredError ? new DeferredError(thrown.delayMs) : undefined);
    if (thrown === undefined) {
      job.left.delete(this.url);
      job.held.finishTask();
    }
    this.onEnd(thrown);
  }

  /** Stores the progress for the next agent. If all downloads are complete, that agent repeats the last one: a check compares its `Age` with that of a download. */
  private carry(failedAttempts: number): void {
    const { history, settings, url } = this;
    const { transferredBytes } = history;
    const hasAttempts = history.last !== undefined || url.attempts !== undefined;
    if (!hasAttempts && transferredBytes === (url.transferred_bytes ?? 0)) return;
    const downloads = settings.downloadsDone + downloadsIn(history.observations);
    const before = history.download === undefined ? settings.attemptsBefore : 0;
    this.job.carried.set(url, {
      attempts: before + failedAttempts,
      first_attempt_at: this.startedAt,
      downloads_done: Math.min(downloads, maxDownloads(settings) - 1) || undefined,
      transferred_bytes: transferredBytes || undefined,
      may_reach_origin: this.reachesOriginAgain() || undefined,
    });
  }

  /** From now on, a request is cut off when its permit is lost. */
  private bindPermit(): void {
    const { job } = this;
    const lost = this.permit?.lost;
    if (lost === undefined) return;
    const cancellation = new Cancellation();
    const cut = () => cancellation.cancel();
    this.cancellation = cancellation;
    this.cut = cut;
    job.cancellation.add(cut);
    if (lost.aborted) cut();
    else lost.addEventListener("abort", cut);
  }

  private unbindPermit(): void {
    const { cut, permit, job } = this;
    this.cancellation = job.cancellation;
    if (cut === undefined) return;
    permit?.lost?.removeEventListener("abort", cut);
    job.cancellation.delete(cut);
    this.cut = undefined;
  }

  private release(): void {
    this.permit?.release();
    this.permit = undefined;
    this.releaseSlot();
  }

  private releaseSlot(): void {
    const { slot, job } = this;
    this.slot = undefined;
    slot?.release(job.message.req_id, job.message.pop);
  }
}

function settingsOf(
  job: MessageJob,
  url: TaskUrl,
  { compressed, hasRange }: RequestHeaders,
  errorCachingMs: number,
): TaskSettings {
  const { message } = job;
  const before = attemptsBefore(message, url);
  return {
    addresses: message.ips.length,
    // A POP's addresses share its load, and a deferred task goes on at the next one.
    firstAddress: fnv1a(url.url) + before,
    attemptsBefore: before,
    downloads: message.downloads ?? DEFAULT_DOWNLOADS,
    scope: message.scope ?? DEFAULT_SCOPE,
    verify: message.verify ?? DEFAULT_VERIFY,
    downloadsDone: url.downloads_done ?? 0,
    expectedBytes: url.bytes,
    compressed,
    hasRange,
    errorTtls: message.error_ttls,
    deadline: message.deadline,
    errorCachingMs,
    notBefore: sampleTime(message, url),
    queuedAt: message.queued_at === undefined ? undefined : performance.now() + message.queued_at - Date.now(),
    sample: sampleOf(job, url),
  };
}

/** When a sample, or its lead, may be requested at the earliest, by `performance.now()`. */
function sampleTime(message: TaskMessage, { sample, filled_at }: TaskUrl): number {
  if (sample === undefined) return 0;
  const now = performance.now();
  if (message.sample === undefined || filled_at === undefined) return now + (message.sample_delay_ms ?? 0);
  return now + filled_at - Date.now() + SAMPLE_DELAY_MS;
}

function sampleOf({ message, isRedelivered }: MessageJob, { sample, filled_at }: TaskUrl): TaskSettings["sample"] {
  if (sample === undefined || message.led_by === undefined) return undefined;
  return {
    leadFill: filled_at === undefined ? undefined : performance.now() + filled_at - Date.now(),
    endsOnHit: message.sample === true,
    isRedelivered,
  };
}

/** The tier that served a first download, if Server-Timing shows that. After an attempt that failed, the next one shows nothing of the REC. */
function servedBy({ count, answer }: Attempt): ServedBy | undefined {
  if (count !== 1) return undefined;
  if (isFromCache(answer)) return "cache";
  return reachedOrigin(answer) ? "origin" : undefined;
}

/**
 * Whether too many downloads at once may be the cause. They never are where a POP refuses the first attempt.
 * @param attempts of this message
 */
function indicatesOverload({ ok, outcome, http_status: status = 0 }: TaskResult, attempts: number): boolean {
  return !ok && outcome !== "not_kept" && (status === 0 || status >= 500 || attempts > 1);
}

/** The reason does not quote the URL: there may be a key in it. */
function requestTargetOf(text: string): RequestTarget {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) throw new NotATaskError("a url is not an http(s) URL");
  const { href, protocol, port, pathname, search } = url;
  return { href, secure: protocol === "https:", port: port === "" ? undefined : Number(port), path: pathname + search };
}
