import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { performance } from "node:perf_hooks";
import { checkAddresses } from "../../../domain/net/addresses.ts";
import { cutText, WAF_ACTION_HEADER } from "../../../domain/result/failure.ts";
import { popOf } from "../../../domain/result/outcome.ts";
import type { EdgePlace } from "../check/place.ts";

/** How an object is requested: its head, the whole object, its first byte, or a GET whose client leaves at the head of the response. */
export const WAYS = ["GET", "HEAD", "RANGE", "ABORT"] as const;
export type Way = (typeof WAYS)[number];

/** Response of an address, without its body. */
export interface Answered {
  readonly status: number;
  /** The POP that responded. */
  readonly pop: string | undefined;
  readonly xCache: string | undefined;
  /** `x-amzn-waf-action`: AWS WAF answered instead of the cache or the origin. */
  readonly wafAction?: string | undefined;
  /** From the request on an open connection to the first byte of the answer, in ms. */
  readonly firstByteMs: number;
  /** Of the body. */
  readonly bytes: number;
  readonly headers: IncomingHttpHeaders;
}

/** Reports that no complete response arrived. */
class AskError extends Error {
  override readonly name = "AskError";
  constructor(readonly code: "CONNECT_TIMEOUT" | "ANSWER_TIMEOUT") {
    super(code);
  }
}

/** Time without a byte. CloudFront tries a slow origin three times, 30 s each. */
const ANSWER_MS = 100_000;
const CONNECT_MS = 10_000;
/** Time of a whole response: an endless one, such as a stream of events, is never complete. */
const WHOLE_MS = 600_000;

/**
 * Requests a URL at one address, on a connection of its own. SNI and Host are the URL's host, because the certificate does not cover the POP's name.
 * @throws AddressRefusedError for an address that is not public; AskError if no response arrives in time; the socket's error
 */
export function ask(url: URL, address: string, way: Way, place: EdgePlace): Promise<Answered> {
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
      headers: { host: url.host, ...headersOf(way) },
      agent: false,
      rejectUnauthorized: true,
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
    const ending = setTimeout(late, WHOLE_MS);
    asking.once("error", reject).once("close", () => {
      clearTimeout(connecting);
      clearTimeout(ending);
    });
    asking.once("response", (answer) => {
      const firstByteMs = Math.round(performance.now() - sent);
      const end = () => resolve({ ...partsOf(answer), firstByteMs, bytes });
      answer.once("error", reject).once("end", end);
      if (way === "ABORT") {
        end();
        asking.destroy();
      } else answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
    });
    asking.end();
  });
}

/** Headers of a request, besides Host. */
export function headersOf(way: Way): Record<string, string> {
  return {
    "user-agent": "prewarm-doctor",
    accept: "*/*",
    "accept-encoding": "identity",
    // Has a policy that sends Server-Timing in a percentage of the responses send it now:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
    pragma: "server-timing",
    ...(way === "RANGE" ? { range: "bytes=0-0" } : {}),
  };
}

function partsOf({ statusCode = 0, headers }: IncomingMessage): Omit<Answered, "firstByteMs" | "bytes"> {
  const text = (name: string) => (headers[name] === undefined ? undefined : cutText(String(headers[name]), MAX_HEADER));
  return {
    status: statusCode,
    pop: popOf(text("x-amz-cf-pop")),
    xCache: text("x-cache"),
    wafAction: text(WAF_ACTION_HEADER),
    headers,
  };
}

/** Most characters of a header: a server sends any text. */
export const MAX_HEADER = 1_000;
