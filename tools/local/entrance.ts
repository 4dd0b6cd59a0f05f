import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { BlockList, isIPv6 } from "node:net";
import { gzipSync } from "node:zlib";
import { request } from "undici";
import { COMPRESSED_FROM_BYTES } from "../../domain/limits.ts";
import { API_HEADERS, DENIED_BY_POLICY, NO_KEY, TOO_LARGE } from "../../domain/validation/api-error.ts";
import { end } from "../listen.ts";
import { listenOnFirst } from "./ports.ts";

/**
 * The largest body that API Gateway takes, and the largest event that Lambda takes. In it, the body is a JSON string.
 */
const MAX_BODY = 10 * 2 ** 20;
const MAX_EVENT = 6 * 2 ** 20;

interface EntranceOptions {
  /** It listens on the first of these that is free; 0: on any. */
  readonly ports: readonly number[];
  /** The emulator's URL of the API, without the stage's path. */
  readonly target: string;
  readonly apiKey: string;
  /** The stack's `allowedCidrs`. @default every address */
  readonly allowedCidrs?: string;
  /** The header that the front of the emulator asks for. */
  readonly authorization: string;
}

/**
 * The API at an address as on AWS, `http://localhost:<port>/prod/`. It checks the key, which the emulator may not do, and
 * the host: a web page whose own name leads to this machine has another.
 */
interface Entrance {
  readonly url: string;
  close(): Promise<void>;
}

export async function openEntrance(options: EntranceOptions): Promise<Entrance> {
  const isAllowed = addressFilter(options.allowedCidrs ?? "");
  const server = createServer((from, to) => {
    if (!isAllowed(from.socket.remoteAddress ?? "")) return refuse(to, 403, DENIED_BY_POLICY);
    forward(options, from, to).catch((error: unknown) => {
      if (!to.headersSent)
        refuse(to, 502, `The emulator does not answer: ${error instanceof Error ? error.message : error}`);
      else to.destroy();
    });
  });
  const port = await listenOnFirst(server, options.ports);
  return {
    url: `http://localhost:${port}/prod/`,
    close: () => end(server),
  };
}

async function forward(options: EntranceOptions, from: IncomingMessage, to: ServerResponse): Promise<void> {
  const { method = "GET", url = "/", headers, socket } = from;
  const hosts = [`localhost:${socket.localPort}`, `127.0.0.1:${socket.localPort}`];
  const refusal = entranceRefusal({ method, url, headers }, { hosts, apiKey: options.apiKey });
  if (refusal !== undefined) return refuse(to, refusal.status, refusal.message);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of from) {
    size += chunk.length;
    if (size > MAX_BODY) return refuse(to, 413, TOO_LARGE);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (JSON.stringify(body.toString("utf8")).length > MAX_EVENT) return refuse(to, 413, TOO_LARGE);
  const answer = await request(options.target + url, {
    method: method === "POST" ? "POST" : method === "HEAD" ? "HEAD" : "GET",
    headers: { ...forwardedHeaders(headers), authorization: options.authorization },
    body: size > 0 ? body : null,
    headersTimeout: 60_000,
  });
  const { headers: its, content } = compressed(from, answer.headers, Buffer.from(await answer.body.arrayBuffer()));
  to.writeHead(answer.statusCode, its);
  to.end(content);
}

/** As the API's resource policy does. @param cidrs separated by commas; empty: every address is allowed */
function addressFilter(cidrs: string): (address: string) => boolean {
  if (cidrs === "") return () => true;
  const list = new BlockList();
  for (const cidr of cidrs.split(",")) {
    const [address = "", prefix] = cidr.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** What is between two neighbours alone, or is counted anew. */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"];

/** As API Gateway does with an answer that is long enough. */
function compressed(from: IncomingMessage, headers: IncomingHttpHeaders, body: Buffer) {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
  const accepts = /\bgzip\b/.test(String(from.headers["accept-encoding"] ?? ""));
  if (!accepts || body.length < COMPRESSED_FROM_BYTES) return { headers: kept, content: body };
  return { headers: { ...kept, "content-encoding": "gzip" }, content: gzipSync(body) };
}

/** Answers as API Gateway's own refusals do: they have one fixed shape. */
function refuse(to: ServerResponse, status: number, message: string): void {
  to.writeHead(status, { "content-type": "application/json", ...API_HEADERS, connection: "close" });
  to.end(JSON.stringify({ status: "Failed", error_message: message, error_urls: [], request_id: "", message }));
}

/** What the entrance looks at in a call. */
interface EntranceCall {
  readonly method: string;
  /** The request's target, as it came: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

interface EntranceRules {
  /** Hosts with port, as clients name this entrance. */
  readonly hosts: readonly string[];
  readonly apiKey: string;
}

interface EntranceRefusal {
  readonly status: number;
  readonly message: string;
}

/**
 * A path of the API: segments of plain characters, and a query. Whatever could be read as another path (an encoded character, a
 * backslash, an empty segment) is none, so the path that is judged here is the path that the emulator sees. The emulator has other
 * APIs, which need no key of this one.
 */
const TARGET = /^(\/[\w.-]+)+\/?(\?[^#\s]*)?$/;
const DOT_SEGMENT = /\/\.\.?(\/|\?|$)/;

const METHODS: readonly string[] = ["GET", "HEAD", "POST"];

/** The headers that a function of the API reads, or that say how the body or the answer is written. */
const FORWARDED = ["accept", "accept-encoding", "content-type", "if-none-match", "user-agent", "x-api-key"] as const;

/** Says why a call may not pass to the API. Undefined if it may. */
function entranceRefusal(call: EntranceCall, rules: EntranceRules): EntranceRefusal | undefined {
  const { hosts, apiKey } = rules;
  // A page's own name may lead to this machine (DNS rebinding). The name stays in Host.
  const { host = "" } = call.headers;
  if (!hosts.includes(host.toLowerCase()))
    return { status: 403, message: `Host must be one of ${hosts.join(", ")}; got ${JSON.stringify(host)}` };
  if (!TARGET.test(call.url) || DOT_SEGMENT.test(call.url.split("?", 1)[0] ?? ""))
    return {
      status: 400,
      message: "The path is not normalized: use letters, digits, '-', '_', '.' and single slashes",
    };
  if (!call.url.startsWith("/prod/")) return { status: 403, message: "The API's URLs begin with /prod/" };
  if (!METHODS.includes(call.method)) return { status: 403, message: `No route has the method ${call.method}` };
  if (!isConsole(call) && call.headers["x-api-key"] !== apiKey) return { status: 403, message: NO_KEY };
  return undefined;
}

/** The headers to forward. Drops the console's own Origin, because the front rejects every request that has one. */
function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const forwarded = Object.fromEntries(
    FORWARDED.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
  const { origin, host } = headers;
  return origin === undefined || origin === `http://${host}` ? forwarded : { ...forwarded, origin };
}

/** The routes without a key: lib/api.ts says which. */
function isConsole({ method, url }: EntranceCall): boolean {
  return method === "GET" && /^\/prod\/console(\/|$|\?)/.test(url);
}
