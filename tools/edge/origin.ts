import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type OriginAnswer, originAnswer } from "./origin-answer.ts";
import type { Site } from "./site.ts";

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
  close(): Promise<void>;
}

/** A small HTTP server on loopback that has the objects of `site`. */
export async function startOrigin(site: Site): Promise<Origin> {
  const fetches = new Map<string, number>();
  const other = { heads: 0, ranges: 0, revalidations: 0 };

  const server = createServer((request, response) => {
    const target = request.url ?? "/";
    const { range, "if-none-match": ifNoneMatch } = request.headers;
    const answer = originAnswer(site.find(target), { range, ifNoneMatch });
    if (request.method === "HEAD") other.heads += 1;
    else if (answer.status === 304) other.revalidations += 1;
    else if (answer.status === 206 || answer.status === 416) other.ranges += 1;
    else fetches.set(target, (fetches.get(target) ?? 0) + 1);
    void send(request, response, answer);
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ fetches: Object.fromEntries(fetches), ...other }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function send(request: IncomingMessage, response: ServerResponse, answer: OriginAnswer): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  if (request.method === "HEAD" || !answer.body) return void response.end();
  const { content, range } = answer.body;
  // This fails only if the client has left, and then no answer is needed.
  await pipeline(Readable.from(content.read(range.start, range.end)), response).catch(() => response.destroy());
}
