import { setTimeout as sleep } from "node:timers/promises";
import { KEPT_ERROR_SECONDS } from "../../domain/limits.ts";
import { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { isFromCache, reachedOrigin, retryAfterMs } from "../../domain/origin/origin-response.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { attemptsBefore, isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import { type Failure, obstacle } from "../../domain/result/failure.ts";
import { cacheStatusOf } from "../../domain/result/proof.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { pauseMs } from "../../domain/retry.ts";
import type { Transfer } from "../report/heartbeats.ts";
import type { BySize, Throughput } from "../report/throughput.ts";
import { maxBytesOf } from "./http/body-limits.ts";
import type { Cancellation } from "./http/cancellation.ts";
import { endpointOf, firstAddress, type Ports } from "./http/endpoint.ts";
import type { PopPools } from "./http/pop-pools.ts";
import { nextTry, nextTurn } from "./next-attempt.ts";
import { type CheckRequest, checkFailure, checkOf, type Proof, prove, type Request, type Timed } from "./proof.ts";
import { asksCompressed, messageHeaders } from "./request-headers.ts";
import { RequestTracker } from "./request-tracker.ts";
import { NotATaskError } from "./task-errors.ts";
import { type Attempt, everyAddress, isRecUnsure, toResult, type Warming } from "./task-result.ts";
import { type Answer, judge } from "./verdict.ts";

/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;
/** A later try comes later by up to this share. */
const LATER_SPREAD = 0.3;

type Meter = Pick<Throughput, "addBytes" | "addTask">;

export interface DownloaderOptions {
  readonly pools: PopPools;
  readonly ports: Ports;
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

/** What a task asks for. */
interface Ask {
  readonly message: TaskMessage;
  readonly url: URL;
  readonly headers: string;
  /** Bytes that Get Size saw. */
  readonly expected: number | null;
  /** Whether a compressed form is asked for. */
  readonly compressed: boolean;
  readonly cancellation: Cancellation;
  readonly transfer: Transfer | undefined;
  /** Attempts at it in the messages before. */
  readonly attemptsBefore: number;
  /** How often it was asked for whole. */
  asked: number;
  /** Whether a response after a good download was a Hit or a RefreshHit. */
  sawHit: boolean;
  /** Called once: a later address may show less of the REC than the first one. Undefined from then on. */
  onDownloaded: DownloadHooks["onDownloaded"];
  readonly onBytes: (bytes: number) => void;
  readonly permits: Permits | undefined;
  onServed: DownloadHooks["onServed"];
  readonly mayReachOrigin: boolean;
  /** When the last request was sent and had ended, by `performance.now()`. */
  startedAt: number;
  endedAt: number;
}

/** A check that is to be alone comes later by up to this: other processes that saw the same at the same time check at other times. */
const ALONE_SPREAD_MS = 1_000;
/**
 * For so long it waits for this process's other requests. It may then get a collapsed response, which never makes it warm: its Age does not grow.
 * Without a limit, it would wait for as long as a large object is downloaded at one POP of the REC after another.
 */
const MAX_WAIT_ALONE_MS = 10_000;

export type Download = Downloader["download"];

/** Downloads tasks and drops what arrives: the POP then has the object, and is asked whether it keeps it. */
export class Downloader {
  /** What is wrong with a message's addresses: looked at once, however many URLs it has. */
  private readonly refusals = new WeakMap<readonly string[], Failure | undefined>();
  private readonly tracker: RequestTracker;

  constructor(private readonly options: DownloaderOptions) {
    this.tracker = options.tracker ?? new RequestTracker();
  }

  /**
   * Downloads one URL from one POP, on each attempt from the POP's next address, and says how it ended. Which address
   * is the first depends on the URL alone: a POP's addresses share its load. Attempts of the messages before count.
   * @param cancellation cuts it off; its result then says nothing about the POP
   * @throws NotATaskError for what no agent can ask for; DeferredError for what is to be asked for later
   */
  async download(
    message: TaskMessage,
    task: TaskUrl,
    cancellation: Cancellation,
    { transfer, permits, onDownloaded, onServed, mayReachOrigin = message.follows !== true }: DownloadHooks = {},
  ): Promise<TaskResult> {
    const { url: text, bytes: expected } = task;
    const startedAt = task.first_attempt_at ?? Date.now();
    const waitedMs = Math.max(0, Date.now() - startedAt);
    const { throughput } = this.options;
    const tally = isLarge(task) ? throughput.large : throughput.small;
    const onBytes = (bytes: number) => {
      tally.addBytes(bytes);
      transfer?.addBytes(bytes);
    };
    const url = parseUrl(text);
    const ask = {
      message,
      url,
      headers: messageHeaders(message, task.variant),
      expected,
      compressed: asksCompressed(message, task.variant),
      cancellation,
      transfer,
      attemptsBefore: attemptsBefore(message, task),
      asked: 0,
      sawHit: false,
      onDownloaded,
      onBytes,
      permits,
      onServed,
      mayReachOrigin,
      startedAt: 0,
      endedAt: 0,
    };
    const started = performance.now();
    const refusal = this.refusedAddress(message);
    const warming =
      refusal === undefined
        ? await this.warm(ask, text, tally).catch((error: unknown) => {
            throw withStart(error, startedAt);
          })
        : notAttempted(refusal);
    const ms = waitedMs + performance.now() - started;
    const seen = warming.proof?.outcome === "not_kept" && ask.sawHit ? { ...warming, sawHit: true } : warming;
    const result = toResult(message, task, this.options.instanceId, seen, ms);
    // What was cut off says nothing of the link.
    if (!cancellation.cancelled) tally.addTask(isTroubled(result, warming.attempt.count));
    return result;
  }

  private async warm(ask: Ask, text: string, tally: Meter): Promise<Warming> {
    const { ips, verify } = ask.message;
    const first = firstAddress(text, ips.length) + ask.attemptsBefore;
    try {
      if (verify !== "addresses" || ips.length === 1) return await this.warmAt(ask, (n) => first + n);
      return await everyAddress(ips, (turn) => this.warmAt(ask, () => turn));
    } catch (error) {
      // It is the origin that has too much to do, not the link.
      if (error instanceof DeferredError) tally.addTask(false);
      throw error;
    }
  }

  /** @param order the address of each attempt */
  private async warmAt(ask: Ask, order: (attempt: number) => number): Promise<Warming> {
    const attempt = await this.attempts(ask, order);
    if (attempt.outcome.kind === "GOOD") {
      releaseFollowers(ask, attempt.answer);
      ask.onServed?.(servedBy(attempt));
      ask.onServed = undefined;
    }
    if (attempt.outcome.kind !== "GOOD" || ask.message.verify === "off") return { attempt };
    return { attempt, proof: await this.prove(ask, attempt) };
  }

  private async prove(ask: Ask, { answer: first, turn }: Attempt): Promise<Proof> {
    const { host, pop } = ask.message;
    const timed = (answer: Answer): Timed => ({ answer, startedAt: ask.startedAt, endedAt: ask.endedAt });
    return prove(timed(first), {
      originSendsAge: () => this.tracker.originSendsAge(host),
      isCancelled: () => ask.cancellation.cancelled,
      request: async (request, history) => {
        if (request.next === "check") {
          const ended = await this.beginCheck(ask, request);
          const answer = await this.askAt(ask, turn, checkOf(ask, first.bytes, history), false, ended);
          ask.sawHit ||= isAnyHit(answer);
          return { ...timed(answer), failure: checkFailure(answer, pop) };
        }
        ask.transfer?.clear();
        const answer = await this.askWhole(ask, turn).catch((error: unknown) => deferredAsFailure(error, first));
        ask.sawHit ||= answer.failure === undefined && isAnyHit(answer);
        const outcome = judge(answer, pop, ask.expected, ask.compressed);
        return { ...timed(answer), failure: outcome.kind === "GOOD" ? undefined : outcome.failure };
      },
    });
  }

  /**
   * Waits until a check may be sent. It holds nothing meanwhile.
   * @returns what to call when the check has ended: from now on it is in progress
   */
  private async beginCheck(ask: Ask, { earliestAt, alone }: Extract<Request, { next: "check" }>): Promise<() => void> {
    const { message, cancellation } = ask;
    const path = pathOf(ask.url);
    const waitWithout = ask.permits?.waitWithout ?? ((wait) => wait());
    const ms = earliestAt + (alone ? Math.random() * ALONE_SPREAD_MS : 0) - performance.now();
    // A timer drops the fraction of its milliseconds, and a check that comes too early shows no growth.
    if (ms > 0) await waitWithout(() => sleep(Math.ceil(ms) + 1));
    const deadline = performance.now() + MAX_WAIT_ALONE_MS;
    // Another one may begin while it waits for its permit.
    while (alone && !cancellation.cancelled && !this.tracker.isAlone(message, path)) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      await waitWithout(() => this.tracker.untilAlone(message, path, left));
    }
    return this.tracker.begin(message, path);
  }

  /**
   * @param order the POP's addresses, by the number of the attempt
   * @returns the last attempt
   * @throws DeferredError if the next one is to come later
   */
  private async attempts(ask: Ask, order: (attempt: number) => number): Promise<Attempt> {
    const { message, cancellation } = ask;
    const { ips } = message;
    const past: Attempt[] = [];
    let turn = nextTurn(order, ips.length, past);
    for (;;) {
      // It may have been cancelled in the pause before.
      if (cancellation.cancelled || turn === undefined) return past.at(-1) ?? NOT_ATTEMPTED;
      if (past.length > 0) ask.transfer?.clear();
      const made = await this.attempt(ask, turn, past.length);
      past.push(made);
      // Most are good at once: nothing else is looked at then.
      if (made.outcome.kind !== "RETRY" || cancellation.cancelled) return made;
      turn = nextTurn(order, ips.length, past);
      const then = nextTry(made, ask.attemptsBefore, turn !== undefined);
      if (then === "never") return made;
      if (then === "later") throw this.later(made);
      await sleep(pauseMs(past.length - 1, { firstMs: FIRST_PAUSE_MS }));
    }
  }

  /** @param before how many there were before */
  private async attempt(ask: Ask, turn: number, before: number): Promise<Attempt> {
    try {
      const answer = await this.askWhole(ask, turn);
      const outcome = judge(answer, ask.message.pop, ask.expected, ask.compressed);
      return { count: before + 1, turn, answer, outcome };
    } catch (error) {
      throw withTries(error, before);
    }
  }

  /** When a kept error can be gone; not before the origin wants it. */
  private later({ count, answer: { retryAfter } }: Attempt): DeferredError {
    const { keptErrorMs = KEPT_ERROR_SECONDS * 1_000 } = this.options;
    const ms = Math.max(keptErrorMs, retryAfterMs(retryAfter, Date.now()) ?? 0);
    return new DeferredError(ms * (1 + Math.random() * LATER_SPREAD), count);
  }

  /** Whoever calls the downloader has waited for the first one. A further one waits here: a check may have given its permits back. */
  private async askWhole(ask: Ask, turn: number): Promise<Answer> {
    if (ask.asked++ > 0) await ask.permits?.regain();
    return this.askAt(ask, turn, { headers: "", maxBytes: maxBytesOf(ask.expected) }, true);
  }

  /** @param begun to be called when it has ended, if it is in progress already */
  private async askAt(
    ask: Ask,
    turn: number,
    request: CheckRequest,
    isWhole: boolean,
    begun?: () => void,
  ): Promise<Answer> {
    const { message, url, cancellation } = ask;
    const pool = this.options.pools.of(endpointOf(message, url, this.options.ports, turn));
    const path = pathOf(url);
    const headers = ask.headers + request.headers;
    const ended = begun ?? this.tracker.begin(message, path);
    ask.startedAt = performance.now();
    let refused: unknown;
    const beforeSend = () => {
      ask.startedAt = performance.now();
      return ask.permits?.beforeSend()?.then(
        () => {
          ask.startedAt = performance.now();
        },
        (error: unknown) => {
          refused = error;
          throw error;
        },
      );
    };
    const answer = await pool
      .download(path, headers, ask.onBytes, {
        cancellation,
        maxBytes: request.maxBytes,
        pop: message.pop,
        ...(isWhole ? { beforeSend } : {}),
      })
      .finally(ended);
    if (refused !== undefined) throw refused;
    ask.endedAt = performance.now();
    // A further attempt says of the URL what the first one said.
    const tries = ask.attemptsBefore + Math.max(0, ask.asked - 1);
    this.options.origins?.observe({
      work: tries === (message.tries ?? 0) ? message : { ...message, tries },
      url: url.href,
      pop: message.pop,
      response: answer,
      elapsedMs: ask.endedAt - ask.startedAt,
      mayReachOrigin: isWhole && ask.mayReachOrigin,
    });
    this.tracker.recordResponse(message.host, answer);
    return answer;
  }

  /** Task has checked the addresses, but a message may come from elsewhere. One bad address spoils the others. */
  private refusedAddress({ ips }: TaskMessage): Failure | undefined {
    if (!this.refusals.has(ips)) this.refusals.set(ips, this.refusal(ips));
    return this.refusals.get(ips);
  }

  private refusal(ips: readonly string[]): Failure | undefined {
    for (const ip of ips) {
      const problem = this.options.pools.problemWith(ip);
      if (problem !== undefined) return { reason: "refused_address", detail: problem };
    }
    return undefined;
  }
}

/**
 * The REC has what was downloaded, unless it does not keep it. Headers that forbid that decide nothing, because a minimum TTL overrides them:
 * the followers wait for what the proof shows. Without a proof they ask as if each led. Followers have no permits of a limited origin, and
 * a cache policy that keeps nothing shows in no header: under a limit, the followers always wait for the result.
 */
function releaseFollowers(ask: Ask, answer: Answer): void {
  const { message, onDownloaded } = ask;
  if (onDownloaded === undefined || message.followers === undefined || isLimited(message.origin)) return;
  if (message.verify !== "off" && obstacle(answer) !== undefined) return;
  ask.onDownloaded = undefined;
  onDownloaded(isRecUnsure(message, answer) ? { ok: true, rec_unsure: true } : { ok: true });
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

/** A deferred attempt failed before: its earlier attempts count. */
function withTries(error: unknown, tries: number): unknown {
  return error instanceof DeferredError ? new DeferredError(error.delayMs, error.attempts + tries) : error;
}

/** A deferred task keeps the start of its first attempt. */
function withStart(error: unknown, startedAt: number): unknown {
  return error instanceof DeferredError ? new DeferredError(error.delayMs, error.attempts, startedAt) : error;
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

/** As it is requested: with the query. */
function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

/** The reason does not quote the URL: there may be a key in it. */
function parseUrl(text: string): URL {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) throw new NotATaskError("a url is not an http(s) URL");
  return url;
}
