import { createHash } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";

export const DOMAIN = "d111111abcdef8.cloudfront.net";
export const ALIAS = "cdn.example.com";

/** Two POPs under one REC and one under another. */
export const POPS = [
  { pop: "SIN2-P1", rec: "singapore" },
  { pop: "BOM78-P1", rec: "singapore" },
  { pop: "FRA56-P4", rec: "frankfurt" },
];

const running: Edge[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((edge) => edge.close()));
});

/** An edge that ends with the test. */
export async function newEdge(options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [ALIAS] }],
    pops: POPS,
    site: { "/a.bin": { size: 10_000 } },
    ...options,
  });
  running.push(edge);
  return edge;
}

export interface Asked {
  readonly pop?: string;
  /** @default the POP's first */
  readonly address?: string;
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
  readonly servername?: string;
  readonly plain?: boolean;
  /** The Range header. */
  readonly range?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly xCache: string;
  /** What Server-Timing tells: the layer of a hit, `origin` for a miss, `refresh`, `untold`; or `-` without it. */
  readonly layer: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Asks a POP as the agent does: its address, with the distribution's name in SNI and Host. One connection a request. */
export async function ask(edge: Edge, asked: Asked = {}): Promise<Got> {
  const response = await open(edge, asked);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const { statusCode: status = 0, headers } = response;
  const layer = layerOf(headers["server-timing"]);
  return { status, headers, xCache: String(headers["x-cache"]), layer, bytes, sha256: hash.digest("hex") };
}

/** `x-cache` without "from cloudfront", and the layer. */
export async function seen(edge: Edge, asked: Asked = {}) {
  const { xCache, layer } = await ask(edge, asked);
  return `${xCache.split(" ")[0]} ${layer}`;
}

/** What each of these sees, one after the other. */
export async function inTurn(edge: Edge, ...all: readonly Asked[]) {
  const got: string[] = [];
  for (const asked of all) got.push(await seen(edge, asked));
  return got;
}

/** What reached the origin, in order: `GET 200`. */
export function atOrigin(edge: Edge) {
  return edge.originRequests().map(({ method, status }) => `${method} ${status}`);
}

/** Asks one after the other, and expects of each answer what stands beside it. */
export async function expectInTurn(edge: Edge, ...all: readonly (readonly [asked: Asked, got: Partial<Got>])[]) {
  for (const [asked, got] of all) expect(await ask(edge, asked)).toMatchObject(got);
}

function layerOf(timing: unknown) {
  if (typeof timing !== "string") return "-";
  if (timing.includes("cdn-cache-miss")) return "origin";
  if (timing.includes("cdn-cache-refresh")) return "refresh";
  return /cdn-hit-layer;desc="([^"]+)"/.exec(timing)?.[1] ?? "untold";
}

/** The same up to the head of the answer. */
export function open(edge: Edge, asked: Asked): Promise<IncomingMessage> {
  const { pop = "SIN2-P1", path = "/a.bin", method = "GET", host = DOMAIN, servername = host, plain = false } = asked;
  const where = {
    host: asked.address ?? edge.addressOf(pop),
    port: plain ? edge.httpPort : edge.httpsPort,
    agent: false as const,
  };
  const range = asked.range === undefined ? {} : { range: asked.range };
  const what = { path, method, headers: { ...asked.headers, ...range, host } };
  return new Promise((resolve, reject) => {
    const request = plain
      ? httpRequest({ ...where, ...what }, resolve)
      : httpsRequest({ ...where, ...what, servername, ca: edge.caPem }, resolve);
    request.once("error", reject).end();
  });
}

/** The body of an object straight from the origin. */
export async function originSha256(edge: Edge, path: string) {
  const response = await fetch(edge.originUrl + path);
  return createHash("sha256")
    .update(Buffer.from(await response.arrayBuffer()))
    .digest("hex");
}
