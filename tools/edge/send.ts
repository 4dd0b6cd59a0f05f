import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Policy } from "./behaviour.ts";
import { edgeHeaders, type Sampling, type Served, xCacheOf } from "./edge-headers.ts";
import type { Exchange, Found } from "./exchange.ts";
import type { AnswerFault, BodyFault, Replacing } from "./faults.ts";
import type { PopLog } from "./pop-log.ts";
import { headerOf, type Reply } from "./reply.ts";

/** What all answers of an edge have in common. */
export interface SendContext {
  readonly sampling: Sampling;
  readonly log: PopLog | undefined;
  readonly now: () => number;
  /** Ends a connection with RST. */
  readonly reset: (socket: Socket) => void;
}

const EMPTY = Buffer.alloc(0);

/** Sends an answer with the headers that the edge adds, unless `fault` spoils it on its way. */
export function send(exchange: Exchange, found: Found, context: SendContext, fault?: AnswerFault): void {
  const { request, response } = exchange;
  const { reply } = found;
  const served = servedOf(exchange, found, context);
  const bodyFault = fault?.kind === "headers" ? undefined : fault;
  const head = joined([...reply.headers, ...lengthOf(reply, bodyFault)], edgeHeaders(served), found);
  response.writeHead(reply.status, fault?.kind === "headers" ? replaced(head, fault.headers) : head);
  const body = request.method === "HEAD" ? EMPTY : reply.body;
  const entry = context.log?.add(exchange, found, context.now());
  deliver(response, body, bodyFault ?? brokenOff(reply), context.reset, (bytes) => {
    if (entry !== undefined) entry.bytes += bytes;
  });
}

function servedOf({ pop, request, policy, began }: Exchange, found: Found, context: SendContext): Served {
  const { source, refreshed, noLayer = false, askedBy = "rec", originMs = 0 } = found;
  const { pragma } = request.headers;
  return {
    pop: pop.name,
    via: pop.via,
    xCache: xCacheOf(found),
    source,
    refreshed,
    age: ageOf(policy, found, context.now()),
    timed: context.sampling.isDue(policy, pragma),
    noLayer,
    askedBy,
    originMs,
    answerMs: performance.now() - began,
  };
}

/**
 * The head of an answer. An origin that is behind a CloudFront or another cache sends headers of the same names: its `Via` is
 * continued, its `X-Amz-Cf-Pop` stays before the edge's own, its `Age` is a part of that of a hit, and the rest is replaced. A
 * fault's made-up answer may replace what the edge adds.
 *
 * @param sent of the origin or of a fault, by names in lower case
 */
function joined(sent: readonly string[], own: readonly string[], { source }: Found): string[] {
  if (source === "none") return [...sent, ...without(own, new Set(sent.filter((_, at) => at % 2 === 0)))];
  const origins = without(sent, source === "origin" ? REPLACED : REPLACED_IN_HIT);
  const at = origins.indexOf("via") + 1;
  if (at === 0) return [...origins, ...own];
  const via = `${origins[at]}, ${own[own.indexOf("Via") + 1]}`;
  return [...origins.with(at, via), ...without(own, VIA)];
}

const REPLACED = new Set(["x-cache", "x-amz-cf-id", "server-timing"]);
const REPLACED_IN_HIT = new Set([...REPLACED, "age"]);
const VIA = new Set(["via"]);

/** @param head name, value, name, value, … @param names in lower case */
function without(head: readonly string[], names: ReadonlySet<string>): string[] {
  return head.filter((_, at) => !names.has(String(head[at - (at % 2)]).toLowerCase()));
}

/**
 * Seconds on the clock since the origin answered, which is rounded up as well as down, as in recordings. A miss has none but the
 * origin's own, and a RefreshHit none at all.
 */
function ageOf({ age }: Policy, { reply, source, refreshed, storedAt }: Found, now: number): number | undefined {
  if (source === "none" || source === "origin" || refreshed) return undefined;
  if (age !== "kept") return age === "none" ? undefined : age;
  const since = storedAt === undefined ? 0 : Math.floor(now / 1_000) - Math.floor(storedAt / 1_000);
  return Number(headerOf(reply, "age") ?? 0) + Math.max(0, since);
}

function lengthOf(reply: Reply, fault: BodyFault | undefined): string[] {
  const { unsized, status, form = "identity" } = reply;
  // CloudFront sends what it compressed in chunks, hits as well: test/recorded/cloudfront-responses.jsonl.
  if (unsized || status === 204 || form !== "identity") return [];
  return ["Content-Length", String(statedLength(reply.length, fault))];
}

/** The client's connection breaks where the origin's did. */
function brokenOff({ cut, body }: Reply): BodyFault | undefined {
  return cut ? { kind: "truncate", after: body.length } : undefined;
}

function replaced(head: readonly string[], headers: Replacing): string[] {
  const others = without(head, new Set(Object.keys(headers)));
  return [
    ...others,
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one])),
  ];
}

/** TLS encrypts at once all that it is given. A large body in one piece would be in memory twice for every client. */
const SLICE_BYTES = 256 * 1024;

/**
 * Clients on libuv take a reset that arrives together with data for a normal end. So they get time to read the data.
 */
const RESET_DELAY_MS = 20;

/** How often a slow body goes on. */
const DRIP_MS = 50;

/** Content-Length as the answer states it. */
function statedLength(length: number, fault: BodyFault | undefined): number {
  return fault?.kind === "lie" ? Math.max(0, length + fault.contentLengthDelta) : length;
}

/**
 * Sends the body of a response whose head is written, as far as the fault allows.
 *
 * @param reset ends a connection with RST
 * @param onSent called with the bytes of each slice
 */
export function deliver(
  response: ServerResponse,
  body: Buffer,
  fault: BodyFault | undefined,
  reset: (socket: Socket) => void,
  onSent: (bytes: number) => void,
): void {
  // The client may have left while the tiers were asked; writing to it would be an unhandled error.
  if (response.destroyed) return;
  if (fault === undefined) {
    const last = Math.max(0, Math.ceil(body.length / SLICE_BYTES) - 1) * SLICE_BYTES;
    pour(response, body.subarray(0, last), onSent, () => {
      onSent(body.length - last);
      response.end(body.subarray(last));
    });
    return;
  }
  if (fault.kind === "drip") {
    drip(response, body, fault.bytesPerSecond, onSent);
    return;
  }
  const { socket } = response;
  const part = "after" in fault && fault.after !== undefined ? body.subarray(0, Math.max(0, fault.after)) : body;
  // Nothing else sends the head when the part is empty. A reset at once comes before it: that POP does not answer.
  if (fault.kind !== "reset" || part.length > 0) response.flushHeaders();
  pour(response, part, onSent, () => {
    if (fault.kind === "reset" && socket) setTimeout(reset, RESET_DELAY_MS, socket).unref();
    else if (fault.kind !== "stall") socket?.end();
  });
}

/** Each slice waits until the one before it was taken: a client that reads slowly costs one slice. */
function pour(
  response: ServerResponse,
  body: Buffer,
  onSent: (bytes: number) => void,
  done: () => void,
  from = 0,
): void {
  if (from >= body.length) {
    done();
    return;
  }
  const slice = body.subarray(from, from + SLICE_BYTES);
  onSent(slice.length);
  response.write(slice, (error) => {
    if (!error && !response.destroyed) pour(response, body, onSent, done, from + SLICE_BYTES);
  });
}

/** Sends the body at a rate. What the client does not take in time is not sent faster later. */
function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number, onSent: (bytes: number) => void): void {
  const slice = Math.max(1, Math.ceil((bytesPerSecond * DRIP_MS) / 1_000));
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (response.writableNeedDrain) return;
    const part = body.subarray(sent, sent + slice);
    onSent(part.length);
    response.write(part);
    sent += slice;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, DRIP_MS);
  response.once("close", () => clearInterval(timer));
}
