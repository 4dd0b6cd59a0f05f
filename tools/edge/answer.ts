import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { TLSSocket } from "node:tls";
import { askedFor } from "./asked.ts";
import type { Behaviours } from "./behaviours.ts";
import type { Distributions } from "./distributions.ts";
import type { Exchange, Pop } from "./exchange.ts";
import type { AnswerFault } from "./faults.ts";
import { find, madeUp } from "./find.ts";
import type { OriginClient } from "./origin-client.ts";
import { type SendContext, send } from "./send.ts";

/** What all exchanges of an edge have in common. */
export interface AnswerContext extends SendContext {
  readonly distributions: Distributions;
  readonly behaviours: Behaviours;
  readonly origin: OriginClient;
}

/** The exchange that a request begins. */
export function begin(pop: Pop, request: IncomingMessage, response: ServerResponse, context: AnswerContext): Exchange {
  const domain = distributionAsked(request, context.distributions);
  const policy = context.behaviours.policyFor(domain, pop.name, request.url ?? "");
  return { pop, request, response, domain, policy, began: performance.now() };
}

/** Answers as CloudFront would, unless `fault` spoils the answer on its way. */
export async function answer(exchange: Exchange, context: AnswerContext, fault?: AnswerFault): Promise<void> {
  const { pop, request, domain, policy } = exchange;
  const { method, url = "", headers } = request;
  const served = domain !== undefined && url.startsWith("/") && (method === "GET" || method === "HEAD");
  if (!served) return send(exchange, madeUp(403), context, fault);
  const asked = askedFor(domain, url, headers, policy);
  const found = await find({ method, asked, range: headers.range }, pop.tier, context.origin);
  if (policy.evict && method === "GET") pop.tier.used(asked);
  send(exchange, found, context, fault);
}

/** The distribution that Host names, unless the TLS handshake named another one or none that is known. */
function distributionAsked({ headers, socket }: IncomingMessage, distributions: Distributions): string | undefined {
  const domain = distributions.domainOf(headers.host ?? "");
  const sni = socket instanceof TLSSocket ? (socket as { servername?: string | false }).servername : undefined;
  return !sni || distributions.domainOf(sni) === domain ? domain : undefined;
}
