import { setTimeout as sleep } from "node:timers/promises";
import { retryAfterMs } from "../../domain/origin/retry-after.ts";
import { isLarge } from "../../domain/plan/messages.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import { KEPT_ERROR_SECONDS } from "../../domain/request/limits.ts";
import type { Failure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { pauseMs } from "../../domain/retry.ts";
import type { Origin } from "../origin/origin.ts";
import { PutOffError } from "../origin/put-off.ts";
import type { Tally } from "../queue/meter.ts";
import type { Cancellation } from "../work/cancellation.ts";
import type { Transfer } from "../work/holding.ts";
import { NotATaskError } from "../work/not-a-task.ts";
import { type Answer, judge } from "./answer.ts";
import { asksCompressed } from "./asks-compressed.ts";
import { maxBytesOf } from "./body-limits.ts";
import { endpointOf, firstAddress, type Ports } from "./endpoint.ts";
import { everyAddress } from "./every-address.ts";
import { messageHeaders } from "./message-headers.ts";
import { nextTry } from "./next-try.ts";
import { nextTurn } from "./next-turn.ts";
import type { PopPools } from "./pop-pools.ts";
import { prove } from "./proof.ts";
import { checkOf, isCheckGood, type Look } from "./second-look.ts";
import { type Attempt, toResult, type Warming } from "./to-result.ts";

/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 200;
/** A later try comes later by up to this share. */
const LATER_SPREAD = 0.3;

export interface DownloaderOptions {
  readonly pools: PopPools;
  readonly ports: Ports;
  /** Stored with the results. */
  readonly instanceId: string;
  /** Told of the bytes of bodies as they arrive, and of each task that was not cut off. */
  readonly meter: Readonly<Record<"small" | "large", Pick<Tally, "addBytes" | "addTask">>>;
  /** Whose turn it is where an origin is not to be asked too much. @default nothing waits for it */
  readonly origin?: Pick<Origin, "lineOf" | "saw">;
  /** After how long a kept error may be gone, in milliseconds. @default 11 s */
  readonly keptErrorMs?: number;
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
  /** How often it was asked for whole. */
  asked: number;
  readonly onBytes: (bytes: number) => void;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Downloads tasks and drops what arrives: the POP then has the object, and is asked whether it keeps it. */
export class Downloader {
  /** What is wrong with a message's addresses: looked at once, however many URLs it has. */
  private readonly refusals = new WeakMap<readonly string[], Failure | undefined>();

  constructor(private readonly options: DownloaderOptions) {}

  /**
   * Downloads one URL from one POP, on each attempt from the POP's next address, and says how it ended. Which address
   * is the first depends on the URL alone: a POP's addresses share its load, and each URL has the same one every time.
   * @param cancellation cuts it off; its result then says nothing about the POP
   * @param transfer told of its bytes as they come. @default nobody is
   * @param pause waits for so many milliseconds in which nothing is downloaded. @default it just waits
   * @throws NotATaskError for what no agent can ask for; PutOffError for what is to be asked for later
   */
  async download(
    message: TaskMessage,
    task: TaskUrl,
    cancellation: Cancellation,
    transfer?: Transfer,
    pause: (ms: number) => Promise<unknown> = sleep,
  ): Promise<TaskResult> {
    const { url: text, bytes: expected } = task;
    const tally = isLarge(task) ? this.options.meter.large : this.options.meter.small;
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
      asked: 0,
      onBytes,
      pause,
    };
    const started = performance.now();
    const refusal = this.refusedAddress(message);
    const warming = refusal === undefined ? await this.warm(ask, text, tally) : notAttempted(refusal);
    const result = toResult(message, task, this.options.instanceId, warming, performance.now() - started);
    // What was cut off says nothing of the link.
    if (!cancellation.cancelled) tally.addTask(isTroubled(result, warming.attempt.count));
    return result;
  }

  private async warm(ask: Ask, text: string, tally: Pick<Tally, "addTask">): Promise<Warming> {
    const { ips, verify } = ask.message;
    const first = firstAddress(text, ips.length);
    try {
      if (verify !== "addresses" || ips.length === 1) return await this.warmAt(ask, (n) => first + n);
      return await everyAddress(ips, (turn) => this.warmAt(ask, () => turn));
    } catch (error) {
      // It is the origin that has too much to do, not the link.
      if (error instanceof PutOffError) tally.addTask(false);
      throw error;
    }
  }

  /** @param order the address of each attempt */
  private async warmAt(ask: Ask, order: (attempt: number) => number): Promise<Warming> {
    const attempt = await this.attempts(ask, order);
    if (attempt.outcome.kind !== "GOOD" || ask.message.verify === "off") return { attempt };
    const proof = await prove(
      attempt.answer,
      async (again, round) => {
        if (again === "check") {
          const answer = await this.askAt(ask, attempt.turn, checkOf(ask, attempt.answer.bytes, round), false);
          return { good: isCheckGood(answer, ask.message.pop), answer };
        }
        ask.transfer?.clear();
        const answer = await this.askWhole(ask, attempt.turn).catch((error: unknown) => notNow(error, attempt.answer));
        return { good: judge(answer, ask.message.pop, ask.expected, ask.compressed).kind === "GOOD", answer };
      },
      ask.pause,
    );
    return { attempt, proof };
  }

  /**
   * @param order the POP's addresses, by the number of the attempt
   * @returns the last attempt
   * @throws PutOffError if the next one is to come later
   */
  private async attempts(ask: Ask, order: (attempt: number) => number): Promise<Attempt> {
    const { message, cancellation } = ask;
    const { ips, tries = 0 } = message;
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
      const then = nextTry(made, tries, stateOf(turn, past, ips.length));
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
  private later({ count, answer: { retryAfter } }: Attempt): PutOffError {
    const { keptErrorMs = KEPT_ERROR_SECONDS * 1_000 } = this.options;
    const ms = Math.max(keptErrorMs, retryAfterMs(retryAfter, Date.now()) ?? 0);
    return new PutOffError(ms, ms * LATER_SPREAD, count);
  }

  private askWhole(ask: Ask, turn: number): Promise<Answer> {
    return this.askAt(ask, turn, { headers: "", maxBytes: maxBytesOf(ask.expected) }, true);
  }

  private async askAt(ask: Ask, turn: number, look: Look, isWhole: boolean): Promise<Answer> {
    const { message, url, cancellation } = ask;
    const before = isWhole ? ask.asked++ : 0;
    // Whoever calls the downloader has waited for the turn of the first one.
    if (before > 0) await this.options.origin?.lineOf(message)?.again(cancellation);
    const pool = this.options.pools.of(endpointOf(message, url, this.options.ports, turn));
    const path = url.pathname + url.search;
    const sentAt = Date.now();
    const { headers, maxBytes } = look;
    const lines = ask.headers + headers;
    const expected = ask.expected ?? undefined;
    const answer = await pool.download(path, lines, ask.onBytes, cancellation, maxBytes, message.pop, expected);
    // A further attempt says of the URL what the first one said.
    const asked = ask.asked > 1 ? { ...message, tries: (message.tries ?? 0) + ask.asked - 1 } : message;
    this.options.origin?.saw(asked, answer, sentAt, isWhole && message.follows !== true);
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

/** @param next the address of the next attempt */
function stateOf(next: number | undefined, past: readonly Attempt[], addresses: number) {
  if (next === undefined) return undefined;
  return past.some(({ turn }) => turn % addresses === next % addresses) ? "tried" : "untried";
}

/** What is put off between two attempts was asked for in vain before. */
function withTries(error: unknown, tries: number): unknown {
  return error instanceof PutOffError ? new PutOffError(error.ms, error.spreadMs, error.tries + tries) : error;
}

/** The object was downloaded whole: that stands, though it cannot be asked for again now. @throws any other error */
function notNow(error: unknown, seen: Answer): Answer {
  if (!(error instanceof PutOffError)) throw error;
  return { ...seen, failure: { reason: "other", detail: "the origin has too much to do" } };
}

function notAttempted(failure: Failure): Warming {
  return { attempt: { count: 0, turn: 0, answer: { bytes: 0 }, outcome: { kind: "FINAL", failure } } };
}

/** How a task ends that is cancelled before it has begun. */
const NOT_ATTEMPTED = notAttempted({ reason: "other", detail: "not attempted" }).attempt;

/**
 * Whether too many downloads at once may be the cause. They never are where a POP refuses the first attempt.
 * @param attempts here, without those before it was put off
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
