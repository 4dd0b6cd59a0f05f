import { MAX_WHOLE_CHECK_BYTES } from "../../domain/limits.ts";
import type { Ports } from "../../domain/net/addresses.ts";
import type { Permit } from "../../domain/origin/origin-limiter.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { tierOf, upstreamOf } from "../../domain/result/outcome.ts";
import { cacheStatusOf, isOfEdge, parseAge } from "../../domain/result/proof.ts";
import { sampleResult } from "../../domain/result/sample.ts";
import type { Transfer } from "../report/heartbeats.ts";
import type { Throughput } from "../report/throughput.ts";
import { maxBytesOf } from "./http/body-limits.ts";
import type { Cancellation, Endpoint, HttpClient, HttpResult } from "./http/http-client.ts";

/** Range of a check of a large object. */
const FIRST_BYTE = "range: bytes=0-0\r\n";

/** Parts of an object's URL. A task that waits keeps them: a `URL` takes several times their memory. */
export interface RequestTarget {
  readonly href: string;
  readonly secure: boolean;
  /** Undefined: that of the protocol. */
  readonly port: number | undefined;
  /** With the query. */
  readonly path: string;
}

/** One GET of an object at a POP. */
export interface ObjectRequest {
  readonly message: TaskMessage;
  readonly target: RequestTarget;
  /** Lines of the request's head, Host among them, each with its CRLF. */
  readonly headers: string;
  /** Index of the POP's address; after the last one, the first follows again. */
  readonly addressIndex: number;
  readonly kind: "download" | "check";
  /** Whether a check asks for the first byte alone. */
  readonly firstByteOnly: boolean;
  /** Whether the body of a download is left if it is large and the head reports the tier EDGE. */
  readonly abortBodyOnEdgeHit: boolean;
  /** Whether the body of a download is left if it is large and the head is a hit of this fill, by `performance.now()`; undefined: it is read. */
  readonly abortBodyOnFill: number | undefined;
  /** Bytes of the object; null: unknown. */
  readonly expectedBytes: number | null;
  readonly cancellation: Cancellation;
  /** Held if the request may reach a limited origin: it is sent in the permit's slot. */
  readonly permit: Permit | undefined;
  /** Receives the bytes of a download, for heartbeats. */
  readonly transfer: Transfer;
  /** Receives all bytes, for the limit on downloads at once. */
  readonly throughput: Throughput;
}

/** An answer, and when it was asked for and ended, in milliseconds of a clock that never goes back. */
export interface Timed {
  readonly answer: HttpResult;
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * Makes one HTTP exchange, drops the body as it arrives, and returns what it observed.
 * @throws AddressRefusedError for an address that must not be connected to; DeferredError if the permit's slot is too far away
 */
export type FetchObject = (request: ObjectRequest) => Promise<Timed>;

export function createFetchObject(http: HttpClient, ports: Ports): FetchObject {
  return async (request) => {
    const { message, target, permit, cancellation, transfer, throughput } = request;
    const isDownload = request.kind === "download";
    let startedAt = performance.now();
    const start = () => {
      startedAt = performance.now();
    };
    const beforeSend = () => {
      start();
      const slot = permit?.waitForSendSlot(cancellation.signal);
      return slot instanceof Promise ? slot.then(start) : undefined;
    };
    const onBytes = (bytes: number) => {
      throughput.addBytes(bytes);
      transfer.addBytes(bytes, isDownload);
    };
    const lines = request.firstByteOnly ? request.headers + FIRST_BYTE : request.headers;
    const answer = await http.get(endpointOf(request, ports), target.path, lines, onBytes, {
      cancellation,
      maxBytes: isDownload ? maxBytesOf(request.expectedBytes) : MAX_WHOLE_CHECK_BYTES,
      maxBytesOfHit: bodyLimitOfHit(request, () => startedAt),
      pop: message.pop,
      beforeSend: isDownload ? beforeSend : undefined,
    });
    return { answer, startedAt, endedAt: performance.now() };
  };
}

/** Selects the responses whose headers are sufficient: a small body is read to the end, a large one is aborted. */
function bodyLimitOfHit(
  { abortBodyOnEdgeHit, abortBodyOnFill }: ObjectRequest,
  startedAt: () => number,
): ((head: HttpResult) => number | undefined) | undefined {
  if (abortBodyOnFill !== undefined)
    return (answer) =>
      answer.contentLength !== undefined && isHitOfFill({ answer, startedAt: startedAt() }, abortBodyOnFill)
        ? MAX_WHOLE_CHECK_BYTES
        : undefined;
  return abortBodyOnEdgeHit ? maxBytesAtEdge : undefined;
}

/** Whether an answer is the object as a sample expects it: a hit of the copy that the lead's REC stored. @param fill by `performance.now()` */
export function isHitOfFill({ answer, startedAt }: Pick<Timed, "answer" | "startedAt">, fill: number): boolean {
  const { httpStatus, xCache, serverTiming, age, firstByteMs = 0 } = answer;
  const seen = {
    cache: cacheStatusOf(xCache),
    tier: tierOf(serverTiming),
    upstream: upstreamOf(serverTiming),
    age: parseAge(age),
    headAt: startedAt + firstByteMs,
  };
  return httpStatus === 200 && sampleResult(seen, fill, false) === "hit";
}

/** Most bytes of the body that are read of a hit in the POP's own cache; undefined: no other limit. */
function maxBytesAtEdge({ xCache, serverTiming }: HttpResult): number | undefined {
  return isEdgeHit({ xCache, serverTiming }) ? MAX_WHOLE_CHECK_BYTES : undefined;
}

/** Whether an answer reports that the POP's own cache served it. */
export function isEdgeHit({ xCache, serverTiming }: Pick<HttpResult, "xCache" | "serverTiming">): boolean {
  if (serverTiming === undefined) return false;
  return isOfEdge({ cache: cacheStatusOf(xCache), tier: tierOf(serverTiming), upstream: upstreamOf(serverTiming) });
}

function endpointOf({ message, target, addressIndex }: ObjectRequest, { httpsPort, httpPort }: Ports): Endpoint {
  const { secure, port = secure ? httpsPort : httpPort } = target;
  const address = message.ips[addressIndex % message.ips.length] ?? "";
  return { secure, address, port, servername: message.host.replace(/:\d+$/, "") };
}
