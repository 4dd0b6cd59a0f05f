import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { end, listen } from "../listen.ts";
import { isProbe, type OriginRequestSeen } from "./origin-log.ts";
import { contentRange, type Range, requestedRange } from "./reply.ts";
import { Content, type Cut, type Site, type StoredObject } from "./site.ts";

export interface Origin {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Every request, in the order in which they came. It grows while the origin runs. */
  log(): readonly OriginRequestSeen[];
  close(): Promise<void>;
}

interface OriginOptions {
  readonly site: Site;
  /** Asked anew for each request, because it may change while the edge runs. */
  readonly settingsOf: (domain: string | undefined) => OriginSettings;
  readonly now: () => number;
}

/** A small HTTP server on loopback that has the objects of `site`. */
export async function startOrigin(options: OriginOptions): Promise<Origin> {
  const { now, settingsOf, site } = options;
  const limiters = new Limiters();
  const log: OriginRequestSeen[] = [];

  const server = createServer((request, response) => {
    const seen = asSeen(request, now());
    const { limit, delayMs = 0 } = settingsOf(seen.domain);
    const refused = limit !== undefined && !limiters.admit(seen.domain, seen.at, limit);
    const downloads = () => log.filter(({ path, probe }) => path === seen.path && !probe).length;
    const answer = refused ? refusal(limit, seen.at) : siteAnswer(site, seen, request.headers, downloads);
    log.push({ ...seen, status: answer.status, refused });
    if (delayMs === 0) void send(request, response, answer);
    else void sleep(delayMs, undefined, { ref: false }).then(() => send(request, response, answer));
  });
  server.keepAliveTimeout = 65_000;
  return {
    url: await listen(server),
    log: () => log,
    close: () => end(server),
  };
}

function asSeen({ method = "GET", url = "/", headers }: IncomingMessage, at: number) {
  const [domain] = [headers[DISTRIBUTION_HEADER]].flat();
  const { range, "accept-encoding": accept } = headers;
  const [acceptEncoding] = [accept].flat();
  return { at, domain, method, path: url, range, acceptEncoding, probe: isProbe(method, range) };
}

async function send(request: IncomingMessage, response: ServerResponse, answer: OriginAnswer): Promise<void> {
  const { body, cut } = answer;
  if (request.method !== "HEAD" && body && cut) return sendCut(response, answer, body, cut);
  response.writeHead(answer.status, answer.headers);
  if (request.method === "HEAD" || !body) return void response.end();
  const { content, range } = body;
  // This fails only if the client has left, and then no answer is needed.
  await pipeline(Readable.from(content.read(range.start, range.end)), response).catch(() => response.destroy());
}

/** How the origin of a distribution behaves. */
export interface OriginSettings {
  /** @default none */
  readonly limit?: OriginLimit;
  /**
   * Milliseconds before each answer.
   * @default 0
   */
  readonly delayMs?: number;
}

/** The request header by which the edge's tiers say for which distribution they ask. */
export const DISTRIBUTION_HEADER = "x-distribution";

/**
 * What the origin says of a path, with all that is wrong with the object there: to probes another size, to some GETs a
 * body that breaks off.
 *
 * @param downloads how many GETs of this path came before, without probes
 */
function siteAnswer(
  site: Site,
  { path, range, probe }: Pick<OriginRequestSeen, "path" | "range" | "probe">,
  headers: IncomingHttpHeaders,
  downloads: () => number,
): OriginAnswer {
  const found = site.find(path);
  const told = probe && found?.probed ? { ...found, content: found.probed } : found;
  const answer = originAnswer(told && variantOf(told, headers), { range, ifNoneMatch: headers["if-none-match"] });
  const cut = probe ? undefined : found?.cut;
  return cut && (cut.times === undefined || downloads() < cut.times) ? { ...answer, cut } : answer;
}

/**
 * What the origin has for a request, of an object that differs by request headers: the bytes follow from their values,
 * and Vary names them.
 */
function variantOf(object: StoredObject, headers: Readonly<Record<string, unknown>>): StoredObject {
  const { vary, content, name } = object;
  if (vary === undefined) return object;
  const values = vary.map((header) => `${header}: ${headers[header] ?? ""}`);
  return {
    ...object,
    content: new Content([name, ...values].join("\n"), content.size, content.alphabet),
    headers: { ...object.headers, vary: vary.join(", ") },
  };
}

interface OriginAnswer {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  /** Absent: no body at all. */
  readonly body?: { readonly content: Content; readonly range: Range };
  /** The connection breaks before the end. */
  readonly cut?: Cut;
}

interface OriginRequest {
  readonly range?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** What the origin says to a GET of `object`; to a HEAD it says the same, without the body. */
function originAnswer(object: StoredObject | undefined, request: OriginRequest): OriginAnswer {
  if (!object) return { status: 404, headers: { "content-length": 0 } };
  const { content, status } = object;
  if (status !== 200) return whole(object, {});
  const headers = { "cache-control": "max-age=86400", etag: content.etag, "accept-ranges": "bytes", ...object.headers };
  // The edge weakens the ETag of what it compressed.
  if (request.ifNoneMatch?.replace(/^W\//, "") === content.etag) return { status: 304, headers };

  const range = requestedRange(request.range, content.size);
  if (range === undefined) return whole(object, headers);
  const partial = { ...headers, "content-range": contentRange(range, content.size) };
  if (range === "unsatisfiable") return { status: 416, headers: { ...partial, "content-length": 0 } };
  return {
    status: 206,
    headers: { ...partial, "content-length": range.end - range.start },
    body: { content, range },
  };
}

function whole({ status, headers, content }: StoredObject, more: Record<string, string>): OriginAnswer {
  return {
    status,
    headers: { "content-type": "application/octet-stream", ...more, ...headers, "content-length": content.size },
    body: { content, range: { start: 0, end: content.size } },
  };
}

/** What an origin takes, and how it refuses the rest. */
export interface OriginLimit {
  /** It serves so many requests in any 1,000 milliseconds. Those that it refuses do not count. */
  readonly perSecond: number;
  /** @default 503 */
  readonly status?: 429 | 503;
  /**
   * Retry-After, in its form of seconds or of a date.
   * @default no such header
   */
  readonly retryAfter?: { readonly seconds: number; readonly form: "seconds" | "date" };
}

/** Serves the origin of each distribution up to its limit. */
class Limiters {
  /** When each origin served lately, in milliseconds. */
  readonly #served = new Map<string | undefined, number[]>();

  /**
   * Counts the request if there is room for it.
   *
   * @param now in milliseconds, never less than the time before
   */
  admit(domain: string | undefined, now: number, { perSecond }: OriginLimit): boolean {
    const served = this.#served.get(domain) ?? [];
    this.#served.set(domain, served);
    while (served[0] !== undefined && served[0] <= now - 1000) served.shift();
    if (served.length >= perSecond) return false;
    served.push(now);
    return true;
  }
}

/** The head of a refusal. */
export function refusal({ status = 503, retryAfter }: OriginLimit, now: number) {
  const headers: Record<string, string | number> = { "content-length": 0 };
  if (retryAfter?.form === "seconds") headers["retry-after"] = String(retryAfter.seconds);
  if (retryAfter?.form === "date") headers["retry-after"] = new Date(now + retryAfter.seconds * 1000).toUTCString();
  return { status, headers };
}

/** Sends the beginning of a body, and then breaks the connection. */
function sendCut(
  response: ServerResponse,
  { status, headers }: OriginAnswer,
  { content, range }: NonNullable<OriginAnswer["body"]>,
  { after, length }: Cut,
): void {
  const { "content-length": stated, ...unsized } = headers;
  // Without this, Node would send chunks where no length is stated.
  if (length === "none") response.removeHeader("transfer-encoding");
  response.writeHead(status, length === "stated" ? { ...unsized, "content-length": stated ?? 0 } : unsized);
  response.flushHeaders();
  const part = Buffer.concat([...content.read(range.start, Math.min(range.end, range.start + after))]);
  // The socket, not the response: that one would send the last chunk.
  response.write(part, () => response.socket?.end());
}
