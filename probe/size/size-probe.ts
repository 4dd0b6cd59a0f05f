import { setMaxListeners } from "node:events";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DecoratorHandler, type Dispatcher, Pool } from "undici";
import { KEPT_ERROR_SECONDS, MAX_ANSWER_HEAD_BYTES } from "../../domain/limits.ts";
import { AddressRefusedError } from "../../domain/net/addresses.ts";
import { type Header, parseHeaders } from "../../domain/net/headers.ts";
import { DnsLookupError, errorCode } from "../../domain/net/resolver.ts";
import { OriginLimiterRegistry, type OriginWork } from "../../domain/origin/origin-limiter-registry.ts";
import { isOverload, retryAfterMs } from "../../domain/origin/origin-response.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import type { OriginLimits } from "../../domain/request/options.ts";
import { cutText, type FailureReason, MAX_ERROR } from "../../domain/result/failure.ts";
import { retry } from "../../domain/retry.ts";
import {
  type Good,
  type Headers,
  readHeadAnswer,
  readRangeAnswer,
  type SizeAnswer,
  type Unreadable,
  wafActionOf,
} from "./size-answer.ts";

const ATTEMPTS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
/** How long an answer is waited for. */
const PATIENCE_MS = 15_000;
/** Without a byte of a body. */
const BODY_TIMEOUT_MS = 5_000;
/** Mean pause before the second attempt; doubled before the third. Haste does not help an origin that is overloaded. */
const FIRST_PAUSE_MS = 250;
const CONNECTIONS = 64;
/** How many sizes to ask for at once: behind an edge that has nothing yet, every request reaches the origin. */
export const MAX_PROBES = 64;

/** How often a request waits for another slot, because its connection was not open in the last one. */
const SENDINGS = 5;

/** What a URL's answer says of the object, or why the URL cannot be warmed. */
export type Size = Good | Unreadable;

export interface SizeProbeOptions {
  /** Host and SNI to ask with, so that the edge finds the distribution. */
  readonly hostToAsk: (url: URL) => string;
  readonly header: readonly string[];
  readonly httpsPort: number;
  readonly httpPort: number;
  /** Addresses at which a host's distribution is reached; each may be connected to. @throws when there are none */
  readonly addressesOf: (host: string) => Promise<readonly string[]>;
  /** How long an answer is waited for, in milliseconds; at most 15 s, the default. */
  readonly patienceMs?: number | undefined;
  /** The request, and the limits of its origin. @default none */
  readonly limited?: { readonly req_id: string; readonly origin?: OriginLimits | undefined };
  /** What keeps the limits. @default this process alone */
  readonly origins?: OriginLimiterRegistry | undefined;
  /** After how long an error that an edge keeps may be gone. @default 11 s */
  readonly keptErrorMs?: number | undefined;
}

/** Errors that say nothing about the URL: its size is unknown. */
const SLOW = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT", "LEASE_LOST", "SLOT_MISSED", "DEFERRED"]);

/** Asks sizes by HEAD and, where that does not tell, by a GET of one byte. Keeps its connections until it is closed. */
export class SizeProbe {
  private readonly pools = new Map<string, Pool>();
  /** URLs that were refused, and for how many milliseconds they are not worth asking for again. */
  private readonly refusals = new WeakMap<URL, number>();
  private readonly header: readonly Header[];
  private readonly closing = new AbortController();
  private readonly origins: OriginLimiterRegistry;

  constructor(private readonly options: SizeProbeOptions) {
    this.origins = options.origins ?? new OriginLimiterRegistry({ store: new MemoryPermitStore() });
    setMaxListeners(0, this.closing.signal);
    this.header = parseHeaders(options.header);
  }

  /** @param header sent with it. @default the request's own */
  async size(text: string, header: readonly Header[] = this.header): Promise<Size> {
    const url = new URL(text);
    // Lists of an older version may have such URLs. Whoever asks any port tells what listens there.
    if (url.port !== "")
      return { problem: `has the port ${url.port}; CloudFront has http and https at their own alone`, reason: "other" };
    try {
      const answer = await retry((n) => this.askInTime(url, header, n), {
        attempts: ATTEMPTS,
        firstMs: FIRST_PAUSE_MS,
        again: (it) => "retry" in it && it.retry,
        passes: (error) =>
          // Asked again, an origin that is slow has twice as much to do.
          errorCode(error) !== "UND_ERR_HEADERS_TIMEOUT" &&
          !(error instanceof DnsLookupError) &&
          !(error instanceof AddressRefusedError),
        signal: this.closing.signal,
      });
      // Whoever has too much to do has refused nothing.
      if ("problem" in answer) {
        const { retry: passes, ...unreadable } = answer;
        return passes ? { size: null } : unreadable;
      }
      return "size" in answer ? answer : { size: null };
    } catch (error) {
      if (SLOW.has(errorCode(error))) return { size: null };
      return { problem: cutText(describe(error), MAX_ERROR), reason: reasonOf(error) };
    }
  }

  /** Ends all connections; what is being asked fails, and nothing is asked any more. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  /** After a refusal, the edge may keep it for a while: until then, nothing else would come. */
  private async askInTime(url: URL, header: readonly Header[], attempt: number): Promise<SizeAnswer> {
    const waitMs = this.refusals.get(url) ?? 0;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.closing.signal });
    return this.ask(url, header, attempt);
  }

  private async ask(url: URL, header: readonly Header[], attempt: number): Promise<SizeAnswer> {
    if (this.closing.signal.aborted) throw new Error("the probe is closed");
    const addresses = await this.options.addressesOf(url.hostname);
    const host = this.options.hostToAsk(url);
    const address = addresses[attempt % addresses.length];
    if (address === undefined) throw new Error(`${url.hostname} has no address`);
    const target = { url, host, address, pool: this.pool(url, host, address) };
    // A GET tells as much, and whether it was the method that was refused.
    if (!this.refusals.has(url)) {
      const head = await this.exchange(target, "HEAD", header);
      const answer = readHeadAnswer(head.status, head.headers);
      if (!("ask" in answer)) return answer;
    }
    const range = await this.exchange(target, "GET", [["range", "bytes=0-0"], ...header]);
    return readRangeAnswer(range.status, range.headers);
  }

  /** Sends a request when the limits of the origin allow it. */
  private async exchange(target: Target, method: "HEAD" | "GET", headers: readonly Header[]): Promise<Exchanged> {
    const { signal } = this.closing;
    const { req_id, origin } = this.options.limited ?? { req_id: "" };
    const work: OriginWork = { req_id, origin, host: target.host, tries: this.refusals.has(target.url) ? 1 : 0 };
    await this.origins.prepare(work);
    const permit = await this.origins.limiterFor(work)?.acquire({ signal });
    try {
      if (permit === undefined) return await this.send(target, method, headers, work);
      const sendInSlot = async () => {
        const usableMs = await permit.slot(signal);
        return this.send({ ...target, pool: inTime(target.pool, usableMs) }, method, headers, work, permit.lost);
      };
      return await retry(sendInSlot, {
        attempts: SENDINGS,
        firstMs: 0,
        passes: (it) => it instanceof SlotMissedError,
        signal,
      });
    } finally {
      permit?.release();
    }
  }

  private async send(
    { pool, url, host, address }: Target,
    method: "HEAD" | "GET",
    headers: readonly Header[],
    work: OriginWork,
    lost?: AbortSignal,
  ): Promise<Exchanged> {
    const sentAt = performance.now();
    const {
      statusCode,
      headers: answered,
      body,
    } = await pool.request({
      path: url.pathname + url.search,
      method,
      headers: ["host", host, ...headers.flat()],
      headersTimeout: Math.min(PATIENCE_MS, this.options.patienceMs ?? PATIENCE_MS),
      bodyTimeout: BODY_TIMEOUT_MS,
      // Without this, undici closes the connection after every HEAD, and each URL costs a TLS handshake.
      reset: false,
      ...(lost === undefined ? {} : { signal: lost }),
    });
    // A server may ignore the range and send everything: no more than this is read, then the connection is closed.
    await body.dump({ limit: 65_536 }).catch(() => undefined);
    const answer = { status: statusCode, headers: answered as Headers };
    // It says nothing of how much the origin takes.
    if (wafActionOf(answer.headers) !== undefined) return answer;
    const retryAfter = String(answered["retry-after"] ?? "");
    const response = { httpStatus: statusCode, retryAfter, ...cacheHeaders(answer.headers) };
    const elapsedMs = performance.now() - sentAt;
    this.origins.observe({ work, url: url.href, pop: address, response, elapsedMs, mayReachOrigin: true });
    const { keptErrorMs = KEPT_ERROR_SECONDS * 1_000 } = this.options;
    if (isOverload(statusCode))
      this.refusals.set(url, Math.max(keptErrorMs, retryAfterMs(retryAfter, Date.now()) ?? 0));
    return answer;
  }

  private pool(url: URL, host: string, address: string): Pool {
    // It may have been closed while the name was looked up.
    if (this.closing.signal.aborted) throw new Error("the probe is closed");
    const secure = url.protocol === "https:";
    const port = secure ? this.options.httpsPort : this.options.httpPort;
    const key = `${url.protocol}//${address}:${port}#${host}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(`${url.protocol}//${address}:${port}`, {
      connections: CONNECTIONS,
      maxHeaderSize: MAX_ANSWER_HEAD_BYTES,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(isIP(host) === 0 ? { servername: host } : {}) },
    });
    this.pools.set(key, pool);
    return pool;
  }
}

interface Target {
  readonly url: URL;
  /** Host and SNI. */
  readonly host: string;
  readonly address: string;
  readonly pool: Dispatcher;
}

/** The connection of a request was not open in its slot. */
class SlotMissedError extends Error {
  readonly code = "SLOT_MISSED";
}

/** A dispatcher whose request fails, without being sent, if its connection is not open in time. */
function inTime(pool: Dispatcher, ms: number): Dispatcher {
  const deadline = performance.now() + ms;
  return pool.compose((dispatch) => (options, handler) => {
    const own: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const start = own.onRequestStart?.bind(own);
    // The connection is open, and the request is not sent.
    own.onRequestStart = (controller, context) => {
      start?.(controller, context);
      if (performance.now() > deadline) controller.abort(new SlotMissedError("The slot has passed"));
    };
    return dispatch(options, own);
  });
}

interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
}

/** The headers that show whether a cache responded. */
function cacheHeaders(headers: Headers) {
  const names = { xCache: "x-cache", serverTiming: "server-timing", age: "age" } as const;
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, name]) => {
      const value = headers[name];
      return typeof value === "string" ? [[field, value]] : [];
    }),
  );
}

/** What an error counts as that came instead of an answer. */
function reasonOf(error: unknown): FailureReason {
  if (error instanceof AddressRefusedError) return "refused_address";
  if (error instanceof DnsLookupError) return error.reason;
  return /TLS|CERT|SSL|UNABLE_TO_VERIFY|^EPROTO$/.test(errorCode(error)) ? "tls" : "connection";
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AddressRefusedError || error instanceof DnsLookupError) return error.message;
  const code = errorCode(error);
  return error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}
