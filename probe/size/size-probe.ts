import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import { type ErrorTtls, errorCachedMs } from "../../domain/distribution/error-caching.ts";
import { AddressRefusedError } from "../../domain/net/addresses.ts";
import type { Header } from "../../domain/net/headers.ts";
import { DnsLookupError, errorCode } from "../../domain/net/resolver.ts";
import { portProblem } from "../../domain/net/urls.ts";
import type { OriginLimiterRegistry, OriginWork } from "../../domain/origin/origin-limiter-registry.ts";
import { isOverload, retryAfterMs } from "../../domain/origin/origin-response.ts";
import type { OriginLimits } from "../../domain/request/options.ts";
import { cutText, MAX_ERROR } from "../../domain/result/failure.ts";
import { retry } from "../../domain/retry.ts";
import { connectionTo, type ProbePorts } from "../connection.ts";
import {
  type MeasuredSize,
  readHeadAnswer,
  readRangeAnswer,
  readResponse,
  type SizeAnswer,
  type SizeProblem,
  type SizeResponse,
} from "./size-answer.ts";

const ATTEMPTS = 3;
const HEADERS_TIMEOUT_MS = 15_000;
const BODY_TIMEOUT_MS = 5_000;
/** Mean pause before the second attempt; doubled before the third. */
const FIRST_PAUSE_MS = 250;
/** An error that is cached for longer is not waited for: so many questions would stop all others for minutes. */
const MAX_REFUSED_MS = 30_000;
const CONNECTIONS = 64;
/** How long a connection stays open until its request has a slot. undici's default of 4 s is shorter than the time between two slots may be; a NAT gateway drops what is idle for 350 s. */
const KEEP_ALIVE_MS = 120_000;
/** Each slot that is missed is lost to others, too: after so many, the size is unknown. */
const MAX_SLOTS = 10;
/** Concurrent size requests. Before an edge has cached anything, each of them reaches the origin. */
export const MAX_PROBES = 64;

/** The size of a URL's object, or why the URL cannot be warmed. */
export type Size = MeasuredSize | SizeProblem;

export interface SizeProbeOptions {
  /** Host header and SNI, by which the edge finds the distribution. */
  readonly requestHost: (url: URL) => string;
  readonly ports: ProbePorts;
  /** Addresses at which a host's distribution is reached; each may be connected to. @throws when there are none */
  readonly addressesOf: (host: string) => Promise<readonly string[]>;
  /** The request, with the limits of its origin. */
  readonly request: { readonly req_id: string; readonly origin?: OriginLimits | undefined };
  /** ErrorCachingMinTTL of a host's distribution, by HTTP status. @default none is set */
  readonly errorTtls?: (host: string) => ErrorTtls | undefined;
  /** Enforces the limits. */
  readonly origins: OriginLimiterRegistry;
  /** How long an edge caches an error of which nothing is set, in milliseconds. */
  readonly errorCachingMs: number;
}

/** Codes of errors after which the size is unknown, and the URL is not counted as unreadable. */
const UNKNOWN_SIZE_CODES = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "LEASE_LOST",
  "DEFERRED",
  "SLOT_MISSED",
]);

/** A URL whose size is requested. */
interface Question {
  readonly url: URL;
  readonly header: readonly Header[];
  /** How long to wait after a refusal, which the edge may have cached, in milliseconds; undefined: it was not refused. */
  refusedMs: number | undefined;
}

/** Where a request is sent. */
interface Target {
  readonly question: Question;
  /** Host and SNI. */
  readonly host: string;
  readonly address: string;
}

/** The connections to an address. */
interface ProbedPool {
  readonly pool: Pool;
  /** For {@link SlotOptions}. */
  readonly inSlots: Dispatcher;
  /** Connections that are open. */
  connected: number;
  /** Requests in progress. Each uses at most one connection. */
  requests: number;
}

type SlotOptions = Dispatcher.RequestOptions & { readonly sendBefore: number };

/** Requests sizes by HEAD and, if that does not return a size, by a GET of one byte. Reuses its connections until it is closed. */
export class SizeProbe {
  private readonly pools = new Map<string, ProbedPool>();
  private readonly closing = new AbortController();

  constructor(private readonly options: SizeProbeOptions) {
    setMaxListeners(0, this.closing.signal);
  }

  /** @param header sent with it */
  async size(text: string, header: readonly Header[]): Promise<Size> {
    const url = new URL(text);
    // Requests to arbitrary ports would reveal what listens there.
    const problem = portProblem(url);
    if (problem !== undefined) return { problem, reason: "other" };
    const question: Question = { url, header, refusedMs: undefined };
    try {
      const answer = await retry((n) => this.ask(question, n), {
        attempts: ATTEMPTS,
        firstMs: FIRST_PAUSE_MS,
        retryOnResult: (it) => "retry" in it && it.retry,
        retryOnError: (error) =>
          // A retry would double the load of a slow origin.
          errorCode(error) !== "UND_ERR_HEADERS_TIMEOUT" &&
          !(error instanceof SendSlotMissedError) &&
          !(error instanceof DnsLookupError) &&
          !(error instanceof AddressRefusedError),
        signal: this.closing.signal,
      });
      if ("size" in answer) return answer;
      // An overloaded origin says nothing about the object.
      if ("ask" in answer || answer.retry) return { size: null };
      const { retry: _, ...unreadable } = answer;
      return unreadable;
    } catch (error) {
      return UNKNOWN_SIZE_CODES.has(errorCode(error)) ? { size: null } : unreadableBy(error);
    }
  }

  /** Closes all connections. Requests in progress fail, and no more are sent. */
  async close(): Promise<void> {
    this.closing.abort(new Error("the probe is closed"));
    await Promise.all([...this.pools.values()].map(({ pool }) => pool.destroy()));
  }

  private async ask(question: Question, attempt: number): Promise<SizeAnswer> {
    const { url, header, refusedMs } = question;
    if (refusedMs !== undefined && refusedMs > MAX_REFUSED_MS) return { size: null };
    if (refusedMs !== undefined) await sleep(refusedMs, undefined, { signal: this.closing.signal });
    const addresses = await this.options.addressesOf(url.hostname);
    const address = addresses[attempt % addresses.length];
    if (address === undefined) throw new Error(`${url.hostname} has no address`);
    const target = { question, host: this.options.requestHost(url), address };
    // After a refusal, a GET alone also shows whether the method was refused.
    if (refusedMs === undefined) {
      const answer = readHeadAnswer(await this.exchange(target, "HEAD", header));
      if (!("ask" in answer)) return answer;
    }
    return readRangeAnswer(await this.exchange(target, "GET", [["range", "bytes=0-0"], ...header]));
  }

  /** Sends a request when the limits of the origin allow it. */
  private async exchange(target: Target, method: "HEAD" | "GET", headers: readonly Header[]): Promise<SizeResponse> {
    const { signal } = this.closing;
    const { request, origins } = this.options;
    const { req_id, origin } = request;
    const { url, refusedMs } = target.question;
    const work: OriginWork = { req_id, origin, host: target.host, tries: refusedMs === undefined ? 0 : 1 };
    await origins.prepare(work);
    const permit = await origins.limiterFor(work)?.acquire({ signal });
    const probed = this.pool(target);
    probed.requests++;
    const options = {
      path: url.pathname + url.search,
      method,
      headers: ["host", target.host, ...headers.flat()],
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
      // Without this, undici closes the connection after every HEAD, and each URL costs a TLS handshake.
      reset: false,
      signal: permit?.lost ?? null,
    };
    const send = async (): Promise<SizeResponse> => {
      if (permit !== undefined && probed.connected < probed.requests) await openConnection(probed, options);
      const slotMs = await permit?.waitForSendSlot(signal);
      const sentAt = performance.now();
      const {
        statusCode,
        headers: received,
        body,
      } = slotMs === undefined
        ? await probed.pool.request(options)
        : await requestInSlot(probed, options, sentAt + slotMs);
      // A server may ignore the range and send the whole object: the connection is closed after this many bytes.
      await body.dump({ limit: 65_536 }).catch(() => undefined);
      const response = readResponse(statusCode, received);
      this.observe(target, work, response, performance.now() - sentAt);
      return response;
    };
    try {
      // Another request may use the connection first, or the process may be late.
      return await retry(send, {
        attempts: MAX_SLOTS,
        firstMs: 0,
        retryOnError: (it) => it instanceof SendSlotMissedError,
        signal,
      });
    } finally {
      probed.requests--;
      permit?.release();
    }
  }

  private observe({ question, address }: Target, work: OriginWork, response: SizeResponse, elapsedMs: number): void {
    const { href: url } = question.url;
    this.options.origins.observe({ work, url, pop: address, response, elapsedMs, mayReachOrigin: true });
    // A response of AWS WAF says nothing about the rate that the origin accepts.
    if (response.wafAction === undefined && isOverload(response.httpStatus))
      question.refusedMs = Math.max(
        errorCachedMs(
          this.options.errorTtls?.(question.url.hostname),
          response.httpStatus,
          this.options.errorCachingMs,
        ),
        retryAfterMs(response.retryAfter, Date.now()) ?? 0,
      );
  }

  /** @throws when the probe is closed, which may happen during a DNS lookup */
  private pool({ question: { url }, host, address }: Target): ProbedPool {
    this.closing.signal.throwIfAborted();
    const { origin, options } = connectionTo(url, address, host, this.options.ports);
    const key = `${origin}#${host}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(origin, { ...options, connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS });
    const probed = { pool, inSlots: pool.compose(failAfterSlot), connected: 0, requests: 0 };
    pool.on("connect", () => probed.connected++);
    pool.on("disconnect", () => probed.connected--);
    this.pools.set(key, probed);
    return probed;
  }
}

/** The connection of a request was not open during its slot. */
class SendSlotMissedError extends Error {
  readonly code = "SLOT_MISSED";
}

/** Waits until a connection is open: what comes to its turn there is not sent. @throws the error of the connection */
async function openConnection(probed: ProbedPool, options: Dispatcher.RequestOptions): Promise<void> {
  try {
    await requestInSlot(probed, options, Number.NEGATIVE_INFINITY);
  } catch (error) {
    if (!(error instanceof SendSlotMissedError)) throw error;
  }
}

/**
 * @param sendBefore the end of its slot, by `performance.now()`
 * @throws SendSlotMissedError without sending it, if its connection is not open in time. The connection stays open.
 */
function requestInSlot({ inSlots }: ProbedPool, options: Dispatcher.RequestOptions, sendBefore: number) {
  return inSlots.request({ ...options, sendBefore } as SlotOptions);
}

function failAfterSlot(dispatch: Dispatcher["dispatch"]): Dispatcher["dispatch"] {
  return (options, handler) => {
    const start = handler.onRequestStart;
    // At this point the connection is open and the request is not sent yet.
    handler.onRequestStart = (controller, context) => {
      start?.call(handler, controller, context);
      // `controller.abort` would close the connection.
      if (performance.now() > (options as SlotOptions).sendBefore) throw new SendSlotMissedError("The slot has passed");
    };
    return dispatch(options, handler);
  };
}

/** Why a URL without a response cannot be read. */
function unreadableBy(error: unknown): SizeProblem {
  if (error instanceof AddressRefusedError) return { problem: error.message, reason: "refused_address" };
  if (error instanceof DnsLookupError) return { problem: error.message, reason: error.reason };
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : code;
  const problem = cutText(message.includes(code) ? message : `${code}: ${message}`, MAX_ERROR);
  return { problem, reason: /TLS|CERT|SSL|UNABLE_TO_VERIFY|^EPROTO$/.test(code) ? "tls" : "connection" };
}
