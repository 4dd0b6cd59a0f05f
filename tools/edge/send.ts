import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Policy } from "./behaviour.ts";
import { count } from "./counters.ts";
import { deliver, statedLength } from "./deliver.ts";
import { edgeHeaders, type Served } from "./edge-headers.ts";
import type { Exchange } from "./exchange.ts";
import type { AnswerFault, BodyFault } from "./faults.ts";
import type { Found } from "./find.ts";
import type { PopLog } from "./pop-log.ts";
import { headerOf, type Reply } from "./reply.ts";
import type { Sampling } from "./server-timing.ts";

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
  const { pop, request, response } = exchange;
  const { reply, source } = found;
  const { method = "GET" } = request;
  const own = edgeHeaders(servedOf(exchange, found, context));
  const bodyFault = fault?.kind === "headers" ? undefined : fault;
  const head = [...passedOn(found), ...lengthOf(reply, bodyFault), ...own];
  response.writeHead(reply.status, fault?.kind === "headers" ? replaced(head, fault.headers) : head);
  const body = method === "HEAD" ? EMPTY : reply.body;
  const bytes = deliver(response, body, bodyFault ?? brokenOff(reply), context.reset);
  count(pop.counters, { method, status: reply.status, source, bytes });
  context.log?.add(exchange, found, context.now());
}

function servedOf({ pop, request, policy, began }: Exchange, found: Found, context: SendContext): Served {
  const { reply, source, refreshed, untold = false, askedBy = "rec", originMs = 0 } = found;
  const { pragma } = request.headers;
  return {
    pop: pop.answersAs,
    via: pop.via,
    status: reply.status,
    source,
    refreshed,
    age: ageOf(policy, found, context.now()),
    timed: context.sampling.isDue(policy, pragma),
    untold,
    askedBy,
    originMs,
    answerMs: performance.now() - began,
  };
}

/** What the origin sent. Its `Age` is a part of the edge's own, where that sends one. */
function passedOn({ reply: { headers }, source }: Found): readonly string[] {
  if (source === "origin" || !headers.includes("age")) return headers;
  return headers.filter((_, at) => headers[at - (at % 2)] !== "age");
}

function ageOf({ age }: Policy, { reply, storedAt }: Found, now: number): number | undefined {
  if (age !== "kept") return age === "none" ? undefined : age;
  const sinceMs = storedAt === undefined ? 0 : now - storedAt;
  return Number(headerOf(reply, "age") ?? 0) + Math.max(0, Math.floor(sinceMs / 1_000));
}

function lengthOf(reply: Reply, fault: BodyFault | undefined): string[] {
  if (reply.unsized || reply.status === 204) return [];
  return ["content-length", String(statedLength(reply.length, fault))];
}

/** The client's connection breaks where the origin's did. */
function brokenOff({ cut, body }: Reply): BodyFault | undefined {
  return cut ? { kind: "truncate", after: body.length } : undefined;
}

/** @param head name, value, name, value, … */
function replaced(head: readonly string[], headers: Readonly<Record<string, string>>): string[] {
  const others = head.filter((_, at) => !(String(head[at - (at % 2)]) in headers));
  return [...others, ...Object.entries(headers).flat()];
}
