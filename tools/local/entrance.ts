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
  /** Names the account to the emulator. */
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
  const { method = "GET", headers } = from;
  // As it is sent on, so without dot segments: the emulator has other APIs, which need no key of this one.
  const { pathname, search } = new URL(from.url ?? "/", "http://api");
  const refusal = entranceRefusal(from, pathname, options.apiKey);
  if (refusal !== undefined) return refuse(to, 403, refusal);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of from) {
    size += chunk.length;
    if (size > MAX_BODY) return refuse(to, 413, TOO_LARGE);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (JSON.stringify(body.toString("utf8")).length > MAX_EVENT) return refuse(to, 413, TOO_LARGE);
  const answer = await request(options.target + pathname + search, {
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

const METHODS: readonly string[] = ["GET", "HEAD", "POST"];

/** The headers that a function of the API reads, or that say how the body or the answer is written. */
const FORWARDED = ["accept", "accept-encoding", "content-type", "if-none-match", "user-agent", "x-api-key"] as const;

/** Says why a call may not pass to the API. Undefined if it may. */
function entranceRefusal(
  { method = "", headers, socket }: IncomingMessage,
  path: string,
  apiKey: string,
): string | undefined {
  // A page's own name may lead to this machine (DNS rebinding). The name stays in Host.
  const hosts = [`localhost:${socket.localPort}`, `127.0.0.1:${socket.localPort}`];
  const { host = "" } = headers;
  if (!hosts.includes(host.toLowerCase()))
    return `Host must be one of ${hosts.join(", ")}; got ${JSON.stringify(host)}`;
  if (!path.startsWith("/prod/")) return "The API's URLs begin with /prod/";
  if (!METHODS.includes(method)) return `No route has the method ${method}`;
  // The routes without a key: lib/api.ts says which.
  const isConsole = method === "GET" && /^\/prod\/console(\/|$)/.test(path);
  return isConsole || headers["x-api-key"] === apiKey ? undefined : NO_KEY;
}

function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    FORWARDED.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
