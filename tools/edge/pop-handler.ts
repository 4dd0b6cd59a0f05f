import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { TLSSocket } from "node:tls";
import type { Behaviours } from "./behaviour.ts";
import { type Asked, askedFor, fragment } from "./cache-key.ts";
import type { Distributions } from "./distributions.ts";
import type { Exchange, Found, Pop } from "./exchange.ts";
import type { AnswerFault, Fault, FaultHook } from "./faults.ts";
import type { OriginClient } from "./origin-client.ts";
import { type Answer, contentRange, type Entry, type Reply, requestedRange } from "./reply.ts";
import { type SendContext, send } from "./send.ts";
import type { Tier } from "./tier.ts";

interface PopHandlerOptions extends AnswerContext {
  /** Which POP's server has a local address. */
  readonly popAt: ReadonlyMap<string, Pop>;
  /** The first server of each POP. */
  readonly popNamed: ReadonlyMap<string, Pop>;
  /** Asked anew for each request, because it may change while the edge runs. */
  readonly faults: () => FaultHook | undefined;
}

/** Answers the requests of every POP. The local address of the connection tells which POP is asked. */
export function popHandler(options: PopHandlerOptions): RequestListener {
  return (request, response) => {
    const address = request.socket.localAddress ?? "";
    const pop = options.popAt.get(address);
    if (!pop) {
      request.socket.destroy(); // The client has left already, so the socket has no address.
      return;
    }
    const { method = "GET", url: path = "/", headers } = request;
    const client = request.socket.remoteAddress ?? "";
    const fault = options.faults()?.({ pop: pop.name, address, client, method, path, headers });
    handle(begin(pop, request, response, options), fault, options);
  };
}

function handle(exchange: Exchange, fault: Fault | undefined, options: PopHandlerOptions): void {
  const { pop, response } = exchange;
  if (fault?.kind === "status") {
    send(exchange, madeUp(fault.status, fault.headers), options);
  } else if (fault?.kind === "otherPop") {
    const other = options.popNamed.get(fault.pop) ?? { ...pop, name: fault.pop };
    void answer({ ...exchange, pop: other }, options);
  } else if (fault?.kind === "slow") {
    const timer = setTimeout(() => void answer(exchange, options), fault.ms);
    response.once("close", () => clearTimeout(timer));
  } else if (fault?.kind === "held") {
    void fault.until.then(() => (response.destroyed ? undefined : answer(exchange, options)));
  } else if (fault?.kind !== "stall" || fault.after !== undefined) {
    void answer(exchange, options, fault);
  }
}

/** What all exchanges of an edge have in common. */
interface AnswerContext extends SendContext {
  readonly distributions: Distributions;
  readonly behaviours: Behaviours;
  readonly origin: OriginClient;
}

/** The exchange that a request begins. */
export function begin(pop: Pop, request: IncomingMessage, response: ServerResponse, context: AnswerContext): Exchange {
  const asked = distributionAsked(request, context.distributions);
  const domain = asked && context.distributions.routed(asked, request.headers);
  const policy = context.behaviours.policyFor(domain, pop.name, request.url ?? "");
  return { pop, request, response, domain, policy, began: performance.now() };
}

/** Answers as CloudFront would, unless `fault` spoils the answer on its way. */
export async function answer(exchange: Exchange, context: AnswerContext, fault?: AnswerFault): Promise<void> {
  const { pop, request, response, domain, policy } = exchange;
  const { method, url = "", headers } = request;
  const served = domain !== undefined && url.startsWith("/") && (method === "GET" || method === "HEAD");
  if (!served || (policy.signed && !isSigned(url, headers.cookie))) return send(exchange, madeUp(403), context, fault);
  if (policy.generated) return send(exchange, { ...madeUp(200), xCache: GENERATED[policy.generated] }, context, fault);
  const asked = askedFor(domain, url, headers, policy);
  const range = method === "GET" ? headers.range : undefined;
  const found = await find({ method, asked, range }, pop.tier, context.origin);
  onSent(response, (whole) => pop.tier.sent(asked, found.forwarded, { method, range, whole }));
  const { errorPage } = policy;
  const { reply } = found;
  const isErrorPage = errorPage !== undefined && reply.status >= 400;
  const page = isErrorPage && { reply: { ...reply, ...errorPage }, xCache: "Error from cloudfront" };
  send(exchange, { ...found, ...page }, context, fault);
}

/** Tells once whether the body was handed to the socket to its end: then, and before the client can know, or when it has left. */
function onSent(response: ServerResponse, sent: (whole: boolean) => void): void {
  if (response.destroyed) {
    sent(false);
    return;
  }
  const whole = () => {
    response.off("close", left);
    sent(true);
  };
  const left = () => {
    response.off("prefinish", whole);
    sent(false);
  };
  response.once("prefinish", whole).once("close", left);
}

const GENERATED = {
  function: "FunctionGeneratedResponse from cloudfront",
  lambda: "LambdaGeneratedResponse from cloudfront",
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-choosing-signed-urls-cookies.html */
function isSigned(url: string, cookie = ""): boolean {
  return url.includes("Key-Pair-Id=") || cookie.includes("CloudFront-Key-Pair-Id=");
}

/**
 * The distribution that Host names, unless the TLS handshake named another one or none that is known. What asks for a certificate
 * is served over TLS alone.
 */
function distributionAsked({ headers, socket }: IncomingMessage, distributions: Distributions): string | undefined {
  if (!(socket instanceof TLSSocket) && distributions.asksForCertificate(headers.host ?? "")) return undefined;
  const domain = distributions.domainOf(headers.host ?? "");
  const sni = socket instanceof TLSSocket ? (socket as { servername?: string | false }).servername : undefined;
  return !sni || distributions.domainOf(sni) === domain ? domain : undefined;
}

interface Wanted {
  readonly method: "GET" | "HEAD";
  readonly asked: Asked;
  /** The Range header of a GET. */
  readonly range: string | undefined;
}

/**
 * Looks for an answer in the tiers, then at the origin. A GET of a whole object fills the tiers. A HEAD or a range is
 * answered from a tier that has the object, otherwise by the origin; a policy may have the range kept then, as a
 * fragment, or the whole object.
 */
export async function find({ method, asked, range }: Wanted, tier: Tier, origin: OriginClient): Promise<Found> {
  if (method === "GET" && range === undefined) return kept(await tier.get(asked.key, asked));
  const answer = tier.peek(asked.key, asked);
  const { heads, ranges } = asked.policy;
  const isHead = method === "HEAD";
  if (answer) {
    const forwarded = answer.layer === "pop" ? undefined : tier.passedOn(asked, answer.entry);
    return { ...kept(answer, isHead ? answer.entry : part(answer.entry, range)), forwarded };
  }
  if ((isHead ? heads : ranges) === "passed") {
    const reply = await (isHead ? origin.head(asked) : origin.range(asked, range ?? ""));
    return { reply, source: "origin", refreshed: false, forwarded: tier.passedOn(asked, reply) };
  }
  if (isHead) return kept(await tier.get(asked.key, asked));
  const piece = fragment(asked, range ?? "");
  return kept(await tier.get(piece.key, piece));
}

/** An answer that the POP gives by itself. */
function madeUp(status: number, headers: Readonly<Record<string, string>> = {}): Found {
  const body = Buffer.from(status === 204 ? "" : `${status}\n`);
  const all = { "content-type": "text/plain", ...headers };
  return {
    reply: { status, headers: Object.entries(all).flat(), body, length: body.length },
    source: "none",
    refreshed: false,
  };
}

function kept(answer: Answer, reply: Reply = answer.entry): Found {
  const { entry, layer, refreshed, noLayer = false, askedBy = "rec", forwarded } = answer;
  return {
    reply,
    source: layer,
    refreshed,
    storedAt: entry.storedAt,
    originMs: entry.originMs ?? 0,
    noLayer,
    askedBy,
    forwarded,
  };
}

function part(entry: Entry, header: string | undefined): Reply {
  const range = entry.status === 200 ? requestedRange(header, entry.length) : undefined;
  if (range === undefined) return entry;
  const headers = [...entry.headers, "content-range", contentRange(range, entry.length)];
  if (range === "unsatisfiable") return { status: 416, headers, body: Buffer.alloc(0), length: 0 };
  const body = entry.body.subarray(range.start, range.end);
  return { status: 206, headers, body, length: body.length };
}
