// The one interface between the downloads and HTTP. README.md has the rules of its implementation in this folder.
import { setMaxListeners } from "node:events";
import type { Header } from "../../../domain/net/headers.ts";
import type { Failure } from "../../../domain/result/failure.ts";

export interface HttpClient {
  /**
   * Sends a GET request over HTTP/1.1 and drops the body as it arrives. It follows no redirect. Never rejects for what happens on the way:
   * what went wrong is the answer's `failure`.
   * @param path with the query
   * @param headers lines of the request's head, Host among them, each with its CRLF: see {@link headerLines}
   * @param onBytes called with the number of bytes of each piece of the body
   * @throws AddressRefusedError for an address that must not be connected to; what `beforeSend` throws
   */
  get(
    endpoint: Endpoint,
    path: string,
    headers: string,
    onBytes: (bytes: number) => void,
    options?: GetOptions,
  ): Promise<HttpResult>;
  /** Ends all connections; requests in progress fail. */
  destroy(): Promise<void>;
}

/** Where a connection goes, and under which name. */
export interface Endpoint {
  readonly secure: boolean;
  readonly address: string;
  readonly port: number;
  /** Name that the certificate is checked against, and that tells the POP which distribution is meant. */
  readonly servername: string;
}

export interface GetOptions {
  /** Cuts the request off, and it fails. */
  readonly cancellation?: Cancellation;
  /** Of a body: with more, it fails. */
  readonly maxBytes?: number;
  /** Replaces `maxBytes` for a body whose head shows a hit. Undefined: `maxBytes` applies. */
  readonly maxBytesOfHit?: ((head: HttpResult) => number | undefined) | undefined;
  /** The POP that must answer: with another one, it fails. @default any may */
  readonly pop?: string;
  /** Called when its connection is open. If the promise that it returns is rejected, nothing is sent. */
  readonly beforeSend?: (() => Promise<unknown> | undefined) | undefined;
}

/** Headers of a response, as they came. `wafAction` is `x-amzn-waf-action`: AWS WAF answered instead of the cache or the origin. */
export type HeaderFields = {
  [field in
    | "age"
    | "cacheControl"
    | "contentEncoding"
    | "contentRange"
    | "contentType"
    | "expires"
    | "location"
    | "retryAfter"
    | "serverTiming"
    | "vary"
    | "wafAction"
    | "xAmzCfId"
    | "xAmzCfPop"
    | "xCache"]?: string | undefined;
};

/** How one request ended: a response, whole or cut off, or none. */
export interface HttpResult extends Readonly<HeaderFields> {
  /** Bytes of the body that arrived. */
  readonly bytes: number;
  readonly httpStatus?: number | undefined;
  /** Bytes that the response promised. */
  readonly contentLength?: number | undefined;
  /** From when the request was sent to when the head of its response had come. */
  readonly firstByteMs?: number | undefined;
  /** Why the connection or the body failed; absent when the body ended as it should. */
  readonly failure?: Failure | undefined;
}

/** An answer while it is read. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Cuts off all requests of a message at once, when its request has ended. An AbortSignal takes several times as long for each request. */
export class Cancellation {
  cancelled = false;
  private readonly running = new Set<() => void>();
  private controller: AbortController | undefined;

  /** @param cut called once if it is cancelled before {@link delete}; at once if it has been cancelled already */
  add(cut: () => void): void {
    if (this.cancelled) cut();
    else this.running.add(cut);
  }

  /** Aborted when it is cancelled. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      setMaxListeners(0, this.controller.signal);
      if (this.cancelled) this.controller.abort();
    }
    return this.controller.signal;
  }

  delete(cut: () => void): void {
    this.running.delete(cut);
  }

  cancel(): void {
    this.cancelled = true;
    this.controller?.abort();
    for (const cut of this.running) cut();
    this.running.clear();
  }
}

/**
 * Lines of a request's head, each with its CRLF, to be sent as Latin-1.
 * @throws Error for a character that no header may have: the caller has checked, and this is the last check
 */
export function headerLines(headers: readonly Header[]): string {
  let lines = "";
  for (const [name, value] of headers) {
    const line = `${name}: ${value}`;
    if (!/^[\t\x20-\x7e]+$/.test(line))
      throw new Error(`the header ${JSON.stringify(line)} has a character that none may have`);
    lines += `${line}\r\n`;
  }
  return lines;
}

/** Most characters of a header that is stored or quoted: a server writes 64 KB. CloudFront's have fewer than 60. */
export const MAX_HEADER_CHARACTERS = 200;
