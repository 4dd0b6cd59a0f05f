import { Client } from "undici";
import { AddressRefusedError } from "../../domain/net/addresses.ts";
import { headersToSend, joinedHeader } from "../../domain/net/headers.ts";
import { DnsLookupError, errorCode, type Resolver } from "../../domain/net/resolver.ts";
import { normalizeUrl, parseUrl } from "../../domain/net/urls.ts";
import { ALLOW_BY_HEADER, isRetryable, WAF_ACTION_HEADER, wafAnswer } from "../../domain/result/failure.ts";
import { MAX_REDIRECTS } from "../../domain/sources/limits.ts";
import { connectionTo, type ProbePorts } from "../connection.ts";
import { DocumentError, RetryableDocumentError } from "./document.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface WebDeps {
  readonly dns: Resolver;
  /** The request's header lines. Only the origin of the source's own URL receives them. */
  readonly header: readonly string[];
  readonly ports: ProbePorts;
}

/** A document whose body is arriving. */
export interface Opened {
  /** URL after redirects; undefined: the document is in a bucket and its source has no `base`. */
  readonly url: string | undefined;
  /** Its Content-Encoding. */
  readonly encoding: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection. */
  readonly close: () => Promise<void>;
}

interface WebRequest {
  /** Of the source that leads here: only it receives the request's headers. undefined: the source has none */
  readonly origin: string | undefined;
  /** Whether a redirect to a host may be followed. */
  readonly isReadAt: (host: string) => boolean;
  /** Aborts the request and its body. */
  readonly signal: AbortSignal;
}

/** Fetches documents over HTTP. Connects to the address that was resolved and checked, anew for each redirect. */
export class Web {
  constructor(private readonly deps: WebDeps) {}

  /**
   * @param url https or http, at the default port
   * @returns undefined: it redirects to a host at which it must not be read
   * @throws DocumentError
   */
  async open(url: string, { origin, isReadAt, signal }: WebRequest): Promise<Opened | undefined> {
    let at = fetchable(url, "is not an http(s) URL at the default port");
    // After a redirect to another origin, that origin determines the next URL.
    let trusted = true;
    for (let redirects = 0; ; redirects++) {
      trusted &&= at.origin === origin;
      const answer = await this.ask(at, trusted, signal);
      if (!("location" in answer)) return answer;
      if (redirects === MAX_REDIRECTS) throw new DocumentError(`redirects more than ${MAX_REDIRECTS} times`);
      at = redirected(at, answer.location);
      if (!isReadAt(at.host)) return undefined;
    }
  }

  private async ask(url: URL, withHeader: boolean, signal: AbortSignal): Promise<Opened | { location: string }> {
    const { origin, options } = connectionTo(url, await this.addressOf(url.hostname), url.hostname, this.deps.ports);
    const client = new Client(origin, options);
    const close = () => client.destroy();
    const own = headersToSend(withHeader ? this.deps.header : []).filter(([name]) => name !== "accept-encoding");
    try {
      const { statusCode, headers, body } = await client.request({
        path: url.pathname + url.search,
        method: "GET",
        headers: ["host", url.host, "accept-encoding", "gzip", ...own.flat()],
        signal,
      });
      // Without a listener, an error after the last byte that is read would be uncaught.
      body.on("error", () => undefined);
      const action = joinedHeader(headers[WAF_ACTION_HEADER]);
      if (action !== undefined) throw blocked(wafAnswer(statusCode, action).text, withHeader);
      if (statusCode === 200)
        return {
          url: url.href,
          encoding: joinedHeader(headers["content-encoding"]),
          body: withDocumentErrors(body),
          close,
        };
      const location = joinedHeader(headers["location"]);
      await close();
      if (REDIRECTS.has(statusCode) && location !== undefined) return { location };
      throw refusal(statusCode);
    } catch (error) {
      await close();
      throw problemOf(error);
    }
  }

  private async addressOf(host: string): Promise<string> {
    try {
      const addresses = await this.deps.dns.addresses(host);
      const address = addresses[Math.floor(Math.random() * addresses.length)];
      if (address !== undefined) return address;
    } catch (error) {
      if (error instanceof AddressRefusedError)
        throw new DocumentError(`leads to ${error.address}, a private or reserved address, which is refused`, {
          cause: error,
        });
      if (error instanceof DnsLookupError && error.reason === "dns_unavailable")
        throw new RetryableDocumentError(`has a host that could not be resolved: ${error.message}`, {
          cause: error,
        });
      throw new RetryableDocumentError(`has a host that does not exist in DNS (${errorCode(error)})`, {
        cause: error,
      });
    }
    throw new DocumentError("has a host without an address");
  }
}

/** @throws DocumentError for a location that must not be fetched */
function redirected(from: URL, location: string): URL {
  const problem = "redirects to something other than an http(s) URL at the default port";
  const url = parseUrl(utf8(location), from.href);
  if (url === undefined) throw new DocumentError(problem);
  const to = fetchable(url.href, problem);
  if (from.protocol === "https:" && to.protocol === "http:")
    throw new DocumentError("redirects from https to http, which is refused");
  return to;
}

/** Decodes a Location that a server wrote in UTF-8, as browsers do: the HTTP client decodes headers as Latin-1. */
function utf8(header: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(header, "latin1"));
  } catch {
    return header;
  }
}

function fetchable(url: string, problem: string): URL {
  const normal = normalizeUrl(url);
  if ("problem" in normal) throw new DocumentError(problem);
  return new URL(normal.url);
}

/** Permanent: without a token of AWS WAF, a retry gets the same response. @param withHeader whether the request's headers were sent */
function blocked(answer: string, withHeader: boolean): DocumentError {
  const elsewhere = 'allow this URL in a rule: "header" goes only to the scheme and host of the source\'s own url';
  return new DocumentError(`was answered by AWS WAF with ${answer}; ${withHeader ? ALLOW_BY_HEADER : elsewhere}`);
}

function refusal(status: number): DocumentError {
  const problem = `was answered with HTTP ${status}`;
  return isRetryable(status) ? new RetryableDocumentError(problem) : new DocumentError(problem);
}

/** Converts errors of the network while the body is read. */
async function* withDocumentErrors(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw problemOf(error);
  }
}

/** Converts an error of the network. */
function problemOf(error: unknown): DocumentError {
  if (error instanceof DocumentError) return error;
  return new RetryableDocumentError(`could not be fetched (${errorCode(error)})`, { cause: error });
}
