import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { OriginAnswer } from "./origin-answer.ts";
import { Limiters, refusal } from "./origin-limit.ts";
import { isProbe, type OriginRequestSeen } from "./origin-log.ts";
import { DISTRIBUTION_HEADER, type OriginSettings } from "./origin-settings.ts";
import { sendCut } from "./send-cut.ts";
import type { Site } from "./site.ts";
import { siteAnswer } from "./site-answer.ts";

/** What the origin was asked. Keys are paths as they were asked for, with their query strings. */
export interface OriginCounts {
  /** GETs answered with a whole body, or with an error: what warming is meant to save. */
  readonly fetches: Readonly<Record<string, number>>;
  readonly heads: number;
  /** GETs of a part. */
  readonly ranges: number;
  /** GETs answered 304. */
  readonly revalidations: number;
}

export interface Origin {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  counts(): OriginCounts;
  /** Every request, in the order in which they came. It grows while the origin runs. */
  log(): readonly OriginRequestSeen[];
  close(): Promise<void>;
}

export interface OriginOptions {
  readonly site: Site;
  /** Asked anew for each request, because it may change while the edge runs. */
  readonly settingsOf: (domain: string | undefined) => OriginSettings;
  readonly now: () => number;
}

/** A small HTTP server on loopback that has the objects of `site`. */
export async function startOrigin(options: OriginOptions): Promise<Origin> {
  const { now, settingsOf, site } = options;
  const fetches = new Map<string, number>();
  const other = { heads: 0, ranges: 0, revalidations: 0 };
  const limiters = new Limiters();
  const log: OriginRequestSeen[] = [];

  const server = createServer((request, response) => {
    const seen = asSeen(request, now());
    const { limit, delayMs = 0 } = settingsOf(seen.domain);
    const refused = limit !== undefined && !limiters.admit(seen.domain, seen.at, limit);
    const fetched = fetches.get(seen.path) ?? 0;
    const answer = refused ? refusal(limit, seen.at) : siteAnswer(site, seen, request.headers, fetched);
    const { status } = answer;
    if (seen.method === "HEAD") other.heads += 1;
    else if (status === 304) other.revalidations += 1;
    else if (status === 416 || (status === 206 && seen.range !== undefined)) other.ranges += 1;
    else fetches.set(seen.path, fetched + 1);
    log.push({ ...seen, status, refused });
    if (delayMs === 0) void send(request, response, answer);
    else void sleep(delayMs, undefined, { ref: false }).then(() => send(request, response, answer));
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ fetches: Object.fromEntries(fetches), ...other }),
    log: () => log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
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
