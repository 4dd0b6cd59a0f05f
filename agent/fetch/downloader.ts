import { setTimeout as sleep } from "node:timers/promises";
import { KEPT_ERROR_SECONDS } from "../../domain/limits.ts";
import { addressProblem } from "../../domain/net/addresses.ts";
import { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { isFromCache, reachedOrigin, retryAfterMs } from "../../domain/origin/origin-response.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import { fnv1a, type TaskUrl } from "../../domain/plan/task.ts";
import { attemptsBefore, isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import { type Failure, obstacle } from "../../domain/result/failure.ts";
import { cacheStatusOf } from "../../domain/result/proof.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { pauseMs } from "../../domain/retry.ts";
import type { Transfer } from "../report/heartbeats.ts";
import type { BySize, Throughput } from "../report/throughput.ts";
import { maxBytesOf } from "./http/body-limits.ts";
import type { Answer, Cancellation, Endpoint, HttpClient } from "./http/http-client.ts";
import { nextTry, nextTurn } from "./next-attempt.ts";
import { type CheckRequest, checkFailure, checkOf, type Proof, prove, type Request, type Timed } from "./proof.ts";
import { NotATaskError, requestHeaders } from "./request-headers.ts";
import { RequestTracker } from "./request-tracker.ts";
import { type Attempt, everyAddress, isRecUnsure, toResult, type Warming } from "./task-result.ts";
import { judge } from "./verdict.ts";

/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;
/** A later try comes later by up to this share. */
const LATER_SPREAD = 0.3;
/** A check that is to be alone comes later by up to this: other processes that saw the same at the same time check at other times. */
const ALONE_SPREAD_MS = 1_000;
/**
 * For so long it waits for this process's other requests. It may then get a collapsed response, which never makes it warm: its Age does not grow.
 * Without a limit, it would wait for as long as a large object is downloaded at one POP of the REC after another.
 */
const MAX_WAIT_ALONE_MS = 10_000;

type Meter = Pick<Throughput, "addBytes" | "addTask">;

export interface DownloaderOptions {
  readonly http: HttpClient;
  /** Ports of URLs that name none. */
  readonly ports: { readonly https: number; readonly http: number };
  /** Whether addresses that are not public may be connected to. @default false */
  readonly allowPrivateAddresses?: boolean;
  /** Stored with the results. */
  readonly instanceId: string;
  /** Told of the bytes of bodies as they arrive, and of each task that was not cut off. */
  readonly throughput: BySize<Meter>;
  /** Told of each response. @default nobody is */
  readonly origins?: Pick<OriginLimiterRegistry, "observe">;
  /** After how long a kept error may be gone, in milliseconds. @default 11 s */
  readonly keptErrorMs?: number;
  /** Shared by all downloads of the process. @default one of its own */
  readonly tracker?: RequestTracker;
}

/** What a download holds while it asks, and gives back in between. */
export interface Permits {
  /** Waits without any of them, so that others go on meanwhile. */
  readonly waitWithout: (wait: () => Promise<unknown>) => Promise<unknown>;
  /** Has what a further download needs where it may reach the origin. @throws DeferredError if the origin refuses requests */
  readonly regain: () => Promise<unknown>;
  /** Called when the connection of a download is open. @returns what the request waits for. It throws {@link DeferredError} */
  readonly beforeSend: () => Promise<void> | undefined;
}

/** What a caller does while a task goes on. */
export interface DownloadHooks {
  /** Told of its bytes as they come. @default nobody is */
  readonly transfer?: Transfer | undefined;
  /** What it holds. @default nothing that anybody waits for */
  readonly permits?: Permits | undefined;
  /** Called when a download has ended so well that the followers of a lead may ask. The proof goes on. @default nobody is told */
  readonly onDownloaded?: ((shown: LeadResult) => void) | undefined;
  /** Told who served the first complete download, if the response shows that. @default nobody is told */
  readonly onServed?: ((by: "cache" | "origin" | undefined) => void) | undefined;
  /** Whether a download was expected to reach the origin. @default unless it follows a lead */
  readonly mayReachOrigin?: boolean | undefined;
}

export type Download = Downloader["download"];

/** Downloads tasks and drops what arrives: the POP then has the object, and is asked whether it keeps it. */
export class Downloader {
  /** What is wrong with a message's addresses: checked once, however many URLs it has. */
  private readonly refusals = new WeakMap<readonly string[], Failure | undefined>();
  private readonly tracker: RequestTracker;

  constructor(private readonly options: DownloaderOptions) {
    this.tracker = options.tracker ?? new RequestTracker();
  }

  /**
   * Downloads one URL from one POP, on each attempt from the POP's next address, and returns how it ended. Which address
   * is the first depends on the URL alone: a POP's addresses share its load. Attempts of the messages before count.
   * @param cancellation cuts it off; its result then says nothing about the POP
   * @throws NotATaskError for what no agent can ask for; DeferredError for what is to be asked for later
   */
  async download(
    message: TaskMessage,
    task: TaskUrl,
    cancellation: Cancellation,
    hooks: DownloadHooks = {},
  ): Promise<TaskResult> {
    const { throughput, instanceId } = this.options;
    const startedAt = task.first_attempt_at ?? Date.now();
    const waitedMs = Math.max(0, Date.now() - startedAt);
    const meter = isLarge(task) ? throughput.large : throughput.small;
    const download = new TaskDownload(this.options, this.tracker, meter, { message, task, cancellation, hooks });
    const started = performance.now();
    const refusal = this.refusedAddress(message);
    const warming = refusal === undefined ? await download.run(startedAt) : notAttempted(refusal);
    const ms = waitedMs + performance.now() - started;
    const result = toResult(message, task, instanceId, warming, ms);
    // What was cut off says nothing of the link.
    if (!cancellation.cancelled) meter.addTask(isTroubled(result, warming.attempt.count));
    return result;
  }

  /** Task has checked the addresses, but a message may come from elsewhere. One bad address spoils the others. */
  private refusedAddress({ ips }: TaskMessage): Failure | undefined {
    if (!this.refusals.has(ips)) this.refusals.set(ips, this.refusal(ips));
    return this.refusals.get(ips);
  }

  private refusal(ips: readonly string[]): Failure | undefined {
    for (const ip of ips) {
      const problem = addressProblem(ip, this.options.allowPrivateAddresses ?? false);
      if (problem !== undefined) return { reason: "refused_address", detail: problem };
    }
    return undefined;
  }
}

interface DownloadedTask {
  readonly message: TaskMessage;
  readonly task: TaskUrl;
  readonly cancellation: Cancellation;
  readonly hooks: DownloadHooks;
}

/** The download and the proof of one task. */
class TaskDownload {
  private readonly message: TaskMessage;
  private readonly task: TaskUrl;
  private readonly cancellation: Cancellation;
  private readonly permits: Permits | undefined;
  private readonly transfer: Transfer | undefined;
  private readonly mayReachOrigin: boolean;
  private readonly url: URL;
  /** With the query. */
  private readonly path: string;
  private readonly headers: string;
  /** Whether a compressed form is asked for. */
  private readonly compressed: boolean;
  /** Attempts at it in the messages before. */
  private readonly attemptsBefore: number;
  private readonly onBytes: (bytes: number) => void;
  /** Called once: a later address may show less of the REC than the first one. Undefined from then on. */
  private onDownloaded: DownloadHooks["onDownloaded"];
  private onServed: DownloadHooks["onServed"];
  /** How often it was requested whole. */
  private wholeRequests = 0;
  /** Whether a response after a good download was a Hit or a RefreshHit. */
  private sawHit = false;
  /** When the last request was sent and had ended, by `performance.now()`. */
  private startedAt = 0;
  private endedAt = 0;

  constructor(
    private readonly options: DownloaderOptions,
    private readonly tracker: RequestTracker,
    private readonly meter: Meter,
    { message, task, cancellation, hooks }: DownloadedTask,
  ) {
    this.message = message;
    this.task = task;
    this.cancellation = cancellation;
    const { transfer } = hooks;
    this.permits = hooks.permits;
    this.transfer = transfer;
    this.mayReachOrigin = hooks.mayReachOrigin ?? message.follows !== true;
    this.url = parseUrl(task.url);
    this.path = this.url.pathname + this.url.search;
    const { lines, compressed } = requestHeaders(message, task.variant);
    this.headers = lines;
    this.compressed = compressed;
    this.attemptsBefore = attemptsBefore(message, task);
    this.onBytes = (bytes) => {
      meter.addBytes(bytes);
      transfer?.addBytes(bytes);
    };
    this.onDownloaded = hooks.onDownloaded;
    this.onServed = hooks.onServed;
  }

  /** @param startedAt the start of the first of all attempts, in milliseconds since the epoch: a deferred task keeps it */
  async run(startedAt: number): Promise<Warming> {
    const { ips, verify } = this.message;
    const first = firstAddress(this.task.url, ips.length) + this.attemptsBefore;
    try {
      const warming =
        verify !== "addresses" || ips.length === 1
          ? await this.warmAt((n) => first + n)
          : await everyAddress(ips, (turn) => this.warmAt(() => turn));
      return warming.proof?.outcome === "not_kept" && this.sawHit ? { ...warming, sawHit: true } : warming;
    } catch (error) {
      if (!(error instanceof DeferredError)) throw error;
      // It is the origin that has too much to do, not the link.
      this.meter.addTask(false);
      throw new DeferredError(error.delayMs, error.attempts, startedAt);
    }
  }

  /** @param order the address of each attempt */
  private async warmAt(order: (attempt: number) => number): Promise<Warming> {
    const attempt = await this.attempts(order);
    if (attempt.outcome.kind !== "GOOD") return { attempt };
    this.releaseFollowers(attempt.answer);
    this.onServed?.(servedBy(attempt));
    this.onServed = undefined;
    return this.message.verify === "off" ? { attempt } : { attempt, proof: await this.prove(attempt) };
  }

  /**
   * The REC has what was downloaded, unless it does not keep it. Headers that forbid that decide nothing, because a minimum TTL overrides them:
   * the followers wait for what the proof shows. Without a proof they ask as if each led. Followers have no permits of a limited origin, and
   * a cache policy that keeps nothing shows in no header: under a limit, the followers always wait for the result.
   */
  private releaseFollowers(answer: Answer): void {
    const { message, onDownloaded } = this;
    if (onDownloaded === undefined || message.followers === undefined || isLimited(message.origin)) return;
    if (message.verify !== "off" && obstacle(answer) !== undefined) return;
    this.onDownloaded = undefined;
    onDownloaded(isRecUnsure(message, answer) ? { ok: true, rec_unsure: true } : { ok: true });
  }

  private async prove({ answer: first, turn }: Attempt): Promise<Proof> {
    const { host, pop } = this.message;
    const timed = (answer: Answer): Timed => ({ answer, startedAt: this.startedAt, endedAt: this.endedAt });
    return prove(timed(first), {
      originSendsAge: () => this.tracker.originSendsAge(host),
      isCancelled: () => this.cancellation.cancelled,
      request: async (request, history) => {
        if (request.next === "check") {
          const ended = await this.beginCheck(request);
          const answer = await this.send(turn, checkOf(this.headers, first.bytes, history), ended);
          this.sawHit ||= isAnyHit(answer);
          return { ...timed(answer), failure: checkFailure(answer, pop) };
        }
        this.transfer?.clear();
        const answer = await this.sendWhole(turn).catch((error: unknown) => deferredAsFailure(error, first));
        this.sawHit ||= answer.failure === undefined && isAnyHit(answer);
        const outcome = judge(answer, pop, this.task.bytes, this.compressed);
        return { ...timed(answer), failure: outcome.kind === "GOOD" ? undefined : outcome.failure };
      },
    });
  }

  /**
   * Waits until a check may be sent. It holds nothing meanwhile.
   * @returns what to call when the check has ended: from now on it is in progress
   */
  private async beginCheck({ earliestAt, alone }: Extract<Request, { next: "check" }>): Promise<() => void> {
    const { message, path, cancellation, tracker } = this;
    const waitWithout = this.permits?.waitWithout ?? ((wait) => wait());
    const ms = earliestAt + (alone ? Math.random() * ALONE_SPREAD_MS : 0) - performance.now();
    // A timer drops the fraction of its milliseconds, and a check that comes too early shows no growth.
    if (ms > 0) await waitWithout(() => sleep(Math.ceil(ms) + 1));
    const deadline = performance.now() + MAX_WAIT_ALONE_MS;
    // Another one may begin while it waits for its permit.
    while (alone && !cancellation.cancelled && !tracker.isAlone(message, path)) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      await waitWithout(() => tracker.untilAlone(message, path, left));
    }
    return tracker.begin(message, path);
  }

  /**
   * @param order the POP's addresses, by the number of the attempt
   * @returns the last attempt
   * @throws DeferredError if the next one is to come later
   */
  private async attempts(order: (attempt: number) => number): Promise<Attempt> {
    const { ips } = this.message;
    const past: Attempt[] = [];
    let turn = nextTurn(order, ips.length, past);
    for (;;) {
      // It may have been cancelled in the pause before.
      if (this.cancellation.cancelled || turn === undefined) return past.at(-1) ?? NOT_ATTEMPTED;
      if (past.length > 0) this.transfer?.clear();
      const made = await this.attempt(turn, past.length);
      past.push(made);
      // Most are good at once: nothing else is looked at then.
      if (made.outcome.kind !== "RETRY" || this.cancellation.cancelled) return made;
      turn = nextTurn(order, ips.length, past);
      const then = nextTry(made, this.attemptsBefore, turn !== undefined);
      if (then === "never") return made;
      if (then === "later") throw this.later(made);
      await sleep(pauseMs(past.length - 1, { firstMs: FIRST_PAUSE_MS }));
    }
  }

  /** @param before how many there were before */
  private async attempt(turn: number, before: number): Promise<Attempt> {
    try {
      const answer = await this.sendWhole(turn);
      const outcome = judge(answer, this.message.pop, this.task.bytes, this.compressed);
      return { count: before + 1, turn, answer, outcome };
    } catch (error) {
      // A deferred attempt failed before: its earlier attempts count.
      throw error instanceof DeferredError ? new DeferredError(error.delayMs, error.attempts + before) : error;
    }
  }

  /** When a kept error can be gone; not before the origin wants it. */
  private later({ count, answer: { retryAfter } }: Attempt): DeferredError {
    const { keptErrorMs = KEPT_ERROR_SECONDS * 1_000 } = this.options;
    const ms = Math.max(keptErrorMs, retryAfterMs(retryAfter, Date.now()) ?? 0);
    return new DeferredError(ms * (1 + Math.random() * LATER_SPREAD), count);
  }

  /** Whoever calls the downloader has waited for the first one. A further one waits here: a check may have given its permits back. */
  private async sendWhole(turn: number): Promise<Answer> {
    if (this.wholeRequests++ > 0) await this.permits?.regain();
    return this.send(turn, { headers: "", maxBytes: maxBytesOf(this.task.bytes) });
  }

  /** @param checkEnded of a check, which is in progress already: to be called when it has ended */
  private async send(turn: number, request: CheckRequest, checkEnded?: () => void): Promise<Answer> {
    const { message, cancellation, path } = this;
    const isWhole = checkEnded === undefined;
    const ended = checkEnded ?? this.tracker.begin(message, path);
    this.startedAt = performance.now();
    let refused: unknown;
    const beforeSend = () => {
      this.startedAt = performance.now();
      return this.permits?.beforeSend()?.then(
        () => {
          this.startedAt = performance.now();
        },
        (error: unknown) => {
          refused = error;
          throw error;
        },
      );
    };
    const answer = await this.options.http
      .get(this.endpointOf(turn), path, this.headers + request.headers, this.onBytes, {
        cancellation,
        maxBytes: request.maxBytes,
        pop: message.pop,
        beforeSend: isWhole ? beforeSend : undefined,
      })
      .finally(ended);
    if (refused !== undefined) throw refused;
    this.endedAt = performance.now();
    // A further attempt says of the URL what the first one said.
    const tries = this.attemptsBefore + Math.max(0, this.wholeRequests - 1);
    this.options.origins?.observe({
      work: tries === (message.tries ?? 0) ? message : { ...message, tries },
      url: this.url.href,
      pop: message.pop,
      response: answer,
      elapsedMs: this.endedAt - this.startedAt,
      mayReachOrigin: isWhole && this.mayReachOrigin,
    });
    this.tracker.recordResponse(message.host, answer);
    return answer;
  }

  /** @param turn which of the POP's addresses; after the last one, the first follows again */
  private endpointOf(turn: number): Endpoint {
    const { message, url } = this;
    const { https, http } = this.options.ports;
    const secure = url.protocol === "https:";
    return {
      secure,
      address: message.ips[turn % message.ips.length] ?? "",
      port: url.port === "" ? (secure ? https : http) : Number(url.port),
      servername: message.host.replace(/:\d+$/, ""),
    };
  }
}

/** Index of the address that a URL is asked from first. It depends on the URL alone, and URLs spread evenly. */
export function firstAddress(url: string, addresses: number): number {
  return addresses === 1 ? 0 : fnv1a(url) % addresses;
}

/** Who served a download, if Server-Timing shows that. After an attempt that failed, the next one shows nothing of the REC. */
function servedBy({ count, answer }: Attempt): "cache" | "origin" | undefined {
  if (count !== 1) return undefined;
  if (isFromCache(answer)) return "cache";
  return reachedOrigin(answer) ? "origin" : undefined;
}

/** Unlike a Hit, a RefreshHit asked the origin; but the object was in a cache. */
function isAnyHit({ xCache }: Answer): boolean {
  const status = cacheStatusOf(xCache);
  return status === "HIT" || status === "REFRESH_HIT";
}

/** The origin's limits, or its throttling, defer the second download. The proof ends as `failed`, because its message is not queued again. @throws any other error */
function deferredAsFailure(error: unknown, seen: Answer): Answer {
  if (!(error instanceof DeferredError)) throw error;
  return {
    ...seen,
    failure: {
      reason: "other",
      detail: "the limits or the throttling of the origin do not allow the second download now",
    },
  };
}

function notAttempted(failure: Failure): Warming {
  return { attempt: { count: 0, turn: 0, answer: { bytes: 0 }, outcome: { kind: "FINAL", failure } } };
}

/** How a task ends that is cancelled before it has begun. */
const NOT_ATTEMPTED = notAttempted({ reason: "other", detail: "not attempted" }).attempt;

/**
 * Whether too many downloads at once may be the cause. They never are where a POP refuses the first attempt.
 * @param attempts of this message
 */
function isTroubled({ ok, outcome, http_status: status = 0 }: TaskResult, attempts: number): boolean {
  return !ok && outcome !== "not_kept" && (status === 0 || status >= 500 || attempts > 1);
}

/** The reason does not quote the URL: there may be a key in it. */
function parseUrl(text: string): URL {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) throw new NotATaskError("a url is not an http(s) URL");
  return url;
}
