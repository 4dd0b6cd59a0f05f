import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { performance } from "node:perf_hooks";
import { type PeerCertificate, TLSSocket } from "node:tls";
import { checkAddresses } from "../../../domain/net/addresses.ts";
import { cutText, WAF_ACTION_HEADER } from "../../../domain/result/failure.ts";
import type { EdgePlace } from "../check/place.ts";

/** How an object is asked for: its head, all of it, or its first byte. */
export type Way = "HEAD" | "GET" | "RANGE";

/** What an address answered, as far as it tells of the edge. Nothing of the body. */
export interface Answered {
  readonly status: number;
  /** `x-amz-cf-pop` */
  readonly pop: string | undefined;
  readonly xCache: string | undefined;
  readonly serverTiming: string | undefined;
  /** `x-amzn-waf-action`: AWS WAF answered instead of the cache or the origin. */
  readonly wafAction?: string | undefined;
  /** Seconds. */
  readonly age: number | undefined;
  /** From the request on an open connection to the first byte of the answer, in ms. */
  readonly firstByteMs: number;
  /** Of the body. */
  readonly bytes: number;
  /** All of them, also those that tell of other things. */
  readonly headers: IncomingHttpHeaders;
  /** Undefined without TLS. */
  readonly certificate?: PeerCertificate | undefined;
}

export interface AskOptions {
  /** Whether Server-Timing is asked for. @default true */
  readonly pragma?: boolean;
  /** Of a body: a longer one is cut off. @default all of it is read */
  readonly maxBytes?: number;
}

/** No whole answer came. */
export class AskError extends Error {
  override readonly name = "AskError";
  /** @param stated bytes of the body, as the response states them */
  constructor(
    readonly code: "CONNECT_TIMEOUT" | "ANSWER_TIMEOUT" | "MAX_BYTES",
    readonly stated?: number,
  ) {
    super(code);
  }
}

/** Most characters of a header that is kept: the answers stand in a report, and a server writes what it likes. */
const MAX_HEADER = 1_000;
/** Nothing came for so long. CloudFront tries a slow origin three times, 30 s each. */
const ANSWER_MS = 100_000;
const CONNECT_MS = 10_000;
/** The longest that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Asks one address on a connection of its own, under the URL's host: the certificate covers that, not the POP's name.
 * @throws AddressRefusedError for an address that is not public; AskError when no answer comes in time, or a longer one; the socket's error. The last two have the `bytes` that came
 */
export function ask(
  url: URL,
  address: string,
  way: Way,
  place: EdgePlace,
  { pragma = true, maxBytes = Number.POSITIVE_INFINITY }: AskOptions = {},
): Promise<Answered> {
  checkAddresses(address, [address], place.allowPrivateAddresses);
  const secure = url.protocol === "https:";
  const given = url.port === "" ? undefined : Number(url.port);
  return new Promise((resolve, reject) => {
    let sent = performance.now();
    let bytes = 0;
    const late = () => asking.destroy(new AskError("ANSWER_TIMEOUT"));
    const asking = (secure ? httpsRequest : httpRequest)({
      host: address,
      port: given ?? (secure ? place.httpsPort : place.httpPort),
      servername: url.hostname,
      method: way === "HEAD" ? "HEAD" : "GET",
      path: url.pathname + url.search,
      headers: headersOf(url, way, pragma),
      agent: false,
      ...(place.ca === undefined ? {} : { ca: place.ca }),
    });
    const connecting = setTimeout(() => asking.destroy(new AskError("CONNECT_TIMEOUT")), CONNECT_MS);
    asking.once("socket", (socket) =>
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(connecting);
        sent = performance.now();
      }),
    );
    asking.setTimeout(ANSWER_MS, late);
    // What never ends, such as a stream of events, may also be too short ever to be cut off.
    const ending = setTimeout(late, Number.isFinite(maxBytes) ? 2 * ANSWER_MS : MAX_TIMER_MS);
    const fail = (error: Error) => reject(Object.assign(error, { bytes }));
    asking.once("error", fail).once("close", () => {
      clearTimeout(connecting);
      clearTimeout(ending);
    });
    asking.once("response", (answer) => {
      const firstByteMs = Math.round(performance.now() - sent);
      const { socket } = answer;
      const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
      const { "content-length": length } = answer.headers;
      const stated = length === undefined ? undefined : Number(length);
      const cut = () => asking.destroy(new AskError("MAX_BYTES", stated));
      answer.once("error", fail).once("end", () => resolve({ ...partsOf(answer), firstByteMs, bytes, certificate }));
      if (way !== "HEAD" && (stated ?? 0) > maxBytes) {
        cut();
        return;
      }
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) cut();
      });
    });
    asking.end();
  });
}

function headersOf(url: URL, way: Way, pragma: boolean): Record<string, string> {
  return {
    host: url.host,
    "user-agent": "prewarm-doctor",
    accept: "*/*",
    "accept-encoding": "identity",
    // Has a policy that sends Server-Timing for a share of the answers send it now:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
    ...(pragma ? { pragma: "server-timing" } : {}),
    ...(way === "RANGE" ? { range: "bytes=0-0" } : {}),
  };
}

function partsOf({
  statusCode = 0,
  headers,
}: IncomingMessage): Omit<Answered, "firstByteMs" | "bytes" | "certificate"> {
  const text = (name: string) => (headers[name] === undefined ? undefined : cutText(String(headers[name]), MAX_HEADER));
  const age = text("age");
  return {
    status: statusCode,
    pop: text("x-amz-cf-pop"),
    xCache: text("x-cache"),
    serverTiming: text("server-timing"),
    wafAction: text(WAF_ACTION_HEADER),
    age: age === undefined ? undefined : Number(age),
    headers,
  };
}
