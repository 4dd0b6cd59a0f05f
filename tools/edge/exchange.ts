import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { cacheKey } from "./cache.ts";
import { count, type PopCounters } from "./counters.ts";
import { deliver, statedLength } from "./deliver.ts";
import type { Distributions } from "./distributions.ts";
import { edgeHeaders } from "./edge-headers.ts";
import type { BodyFault } from "./faults.ts";
import { type Found, find, madeUp } from "./find.ts";
import type { OriginClient } from "./origin-client.ts";
import type { Tier } from "./tier.ts";

export interface Pop {
  /** `SIN2-P1` */
  readonly name: string;
  readonly via: string;
  readonly tier: Tier;
  readonly counters: PopCounters;
}

/** What all exchanges of an edge have in common. */
export interface ExchangeContext {
  readonly distributions: Distributions;
  readonly origin: OriginClient;
  readonly now: () => number;
  /** Ends a connection with RST. */
  readonly reset: (socket: Socket) => void;
}

/** One request that a POP answers, and its answer. */
export interface Exchange {
  readonly pop: Pop;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const EMPTY = Buffer.alloc(0);

/** Answers as CloudFront would, unless `fault` spoils the answer on its way. */
export async function answer(exchange: Exchange, context: ExchangeContext, fault?: BodyFault): Promise<void> {
  const { pop, request } = exchange;
  const { method, url = "" } = request;
  const domain = distributionAsked(request, context.distributions);
  const served = domain !== undefined && url.startsWith("/") && (method === "GET" || method === "HEAD");
  const found = served
    ? await find({ method, key: cacheKey(domain, url), range: request.headers.range }, pop.tier, context.origin)
    : madeUp(403);
  send(exchange, found, context, fault);
}

export function send(exchange: Exchange, found: Found, context: ExchangeContext, fault?: BodyFault): void {
  const { pop, request, response } = exchange;
  const { reply, source, refreshed, storedAt } = found;
  const { method = "GET" } = request;
  const ageMs = storedAt === undefined ? 0 : context.now() - storedAt;
  response.writeHead(reply.status, [
    ...reply.headers,
    "content-length",
    String(statedLength(reply.length, fault)),
    ...edgeHeaders({ pop: pop.name, via: pop.via, status: reply.status, source, refreshed, ageMs }),
  ]);
  const bytes = deliver(response, method === "HEAD" ? EMPTY : reply.body, fault, context.reset);
  count(pop.counters, { method, status: reply.status, source, bytes });
}

/** The distribution that Host names, unless the TLS handshake named another one or none that is known. */
function distributionAsked({ headers, socket }: IncomingMessage, distributions: Distributions): string | undefined {
  const domain = distributions.domainOf(headers.host ?? "");
  const sni = socket instanceof TLSSocket ? (socket as { servername?: string | false }).servername : undefined;
  return !sni || distributions.domainOf(sni) === domain ? domain : undefined;
}
