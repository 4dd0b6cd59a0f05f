import { performance } from "node:perf_hooks";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Dispatcher, Pool } from "undici";
import type { Encoding, Policy } from "./behaviour.ts";
import type { Asked } from "./cache-key.ts";
import { keeping } from "./freshness.ts";
import { DISTRIBUTION_HEADER } from "./origin.ts";
import { type Entry, headerOf, type Reply } from "./reply.ts";

interface OriginClientOptions {
  readonly url: string;
  readonly now: () => number;
}

type Method = "GET" | "HEAD";

/** The tiers' client of the origin. No method rejects: if the origin fails, the answer is a 502, as at CloudFront. */
export class OriginClient {
  readonly #pool: Pool;
  readonly #bodies = new Bodies();
  readonly #options: OriginClientOptions;

  constructor(options: OriginClientOptions) {
    this.#options = options;
    // No limits of time, because a test may want a slow origin, and close() ends what is under way. As many connections as
    // are asked for: where CloudFront waited for one, so would each request of an origin that is slow.
    this.#pool = new Pool(options.url, { headersTimeout: 0, bodyTimeout: 0 });
  }

  /**
   * Fetches an object, or the part that its headers name. With `known`, an expired entry, it asks by If-None-Match; on a
   * 304, `known` is renewed.
   */
  async fetch(asked: Asked, known: Entry | undefined): Promise<{ entry: Entry; unchanged: boolean }> {
    const condition: Record<string, string> = known?.etag === undefined ? {} : { "if-none-match": known.etag };
    const { reply, originMs } = await this.#send("GET", asked, condition);
    const unchanged = reply.status === 304 && known !== undefined;
    const storedAt = this.#options.now();
    const { ttlMs, neverKept } = keeping(reply, asked, storedAt);
    const times = { storedAt, expiresAt: storedAt + ttlMs, originMs };
    if (unchanged) return { entry: { ...known, ...times }, unchanged };

    const formed = compressed(withPassedVary(reply, asked), asked.accepts, asked.policy);
    const etag = headerOf(formed, "etag");
    const body = this.#bodies.same(etag && `${etag} ${formed.form ?? ""}`, formed.body);
    const entry = { ...formed, ...times, etag, body, ...(neverKept && { neverKept }) };
    return { entry, unchanged };
  }

  async head(asked: Asked): Promise<Reply> {
    return (await this.#send("HEAD", asked, {})).reply;
  }

  async range(asked: Asked, range: string): Promise<Reply> {
    return (await this.#send("GET", asked, { range })).reply;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(method: Method, asked: Asked, more: Record<string, string>): Promise<{ reply: Reply; originMs: number }> {
    const headers = { [DISTRIBUTION_HEADER]: asked.domain, ...asked.headers, ...more };
    const began = performance.now();
    try {
      const answer = await this.#pool.request({ method, path: asked.target, headers });
      const originMs = performance.now() - began;
      return { reply: await received(answer, method), originMs };
    } catch {
      const reply = { status: 502, headers: [], body: Buffer.alloc(0), length: 0 };
      return { reply, originMs: performance.now() - began };
    }
  }
}

/** Headers that are about one connection or one moment, and not about the object. */
const NOT_KEPT = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** An answer of the origin, with the body as far as it came. */
export async function received({ statusCode, headers, body }: Dispatcher.ResponseData, method: string): Promise<Reply> {
  const chunks: Buffer[] = [];
  let whole = true;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    whole = false;
  }
  const bytes = Buffer.concat(chunks);
  const stated = headers["content-length"];
  const unsized = stated === undefined && method !== "HEAD" && statusCode !== 304 && statusCode !== 204;
  return {
    status: statusCode,
    headers: kept(headers),
    body: bytes,
    length: stated === undefined || statusCode === 304 ? bytes.length : Number(stated),
    ...(unsized && { unsized }),
    ...(!whole && { cut: true }),
  };
}

function kept(headers: Dispatcher.ResponseData["headers"]): string[] {
  return Object.entries(headers)
    .filter(([name]) => !NOT_KEPT.has(name))
    .flatMap(([name, value]) => [value ?? ""].flat().flatMap((one) => [name, one]));
}

/**
 * Shares equal bodies, so that several RECs which fetched the same object keep it in memory once. Each REC still
 * fetches it: a body is replaced only after it was received and found equal.
 */
export class Bodies {
  readonly #byTag = new Map<string, WeakRef<Buffer>>();

  /** `body`, or the equal Buffer that came earlier under the same ETag. */
  same(etag: string | undefined, body: Buffer): Buffer {
    if (etag === undefined) return body;
    const known = this.#byTag.get(etag)?.deref();
    if (known?.equals(body)) return known;
    this.#byTag.set(etag, new WeakRef(body));
    return body;
  }
}

/**
 * Vary as CloudFront passes it on: the headers that the policy sends to the origin, Accept-Encoding and Cookie; the
 * others are removed. Undefined if nothing is left.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#ResponseCustomRemovedHeaders
 */
function passedVary(vary: string, { keyHeaders }: Pick<Policy, "keyHeaders">): string | undefined {
  const names = vary
    .split(",")
    .map((name) => name.trim())
    .filter((name) => PASSED.has(name.toLowerCase()) || keyHeaders.includes(name.toLowerCase()));
  return names.length === 0 ? undefined : names.join(", ");
}

const PASSED = new Set(["accept-encoding", "cookie"]);

/** An answer of the origin with Vary as CloudFront passes it on. */
function withPassedVary(reply: Reply, { policy }: Asked): Reply {
  const vary = headerOf(reply, "vary");
  if (vary === undefined) return reply;
  const passed = passedVary(vary, policy);
  const headers = reply.headers.flatMap((name, at) =>
    at % 2 === 1 || name === "vary" ? [] : [name, reply.headers[at + 1] ?? ""],
  );
  return { ...reply, headers: passed === undefined ? headers : [...headers, "vary", passed] };
}

const MIN_BYTES = 1_000;
const MAX_BYTES = 10_000_000;

/**
 * Compresses an answer of the origin as CloudFront would: whole, of a type that compresses well, of a size that the
 * origin told, not yet encoded. Brotli is preferred.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 */
export function compressed(reply: Reply, accepts: readonly Encoding[], { compress }: Policy): Reply {
  if (compress === false || !isCompressible(reply)) return reply;
  const [encoding] = accepts;
  if (encoding === undefined || compress === "busy") return { ...reply, form: "identity" };
  const body = encoding === "br" ? brotliCompressSync(reply.body, FAST) : gzipSync(reply.body, { level: 1 });
  const varies = /accept-encoding/i.test(headerOf(reply, "vary") ?? "") ? [] : ["vary", "Accept-Encoding"];
  const headers = [...weakened(reply.headers), "content-encoding", encoding, ...varies];
  return { ...reply, headers, body, length: body.length, form: encoding };
}

const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

function isCompressible(reply: Reply): boolean {
  const { status, length, unsized, cut } = reply;
  if (status !== 200 || unsized || cut || length < MIN_BYTES || length > MAX_BYTES) return false;
  const type = headerOf(reply, "content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return COMPRESSIBLE.has(type) && headerOf(reply, "content-encoding") === undefined;
}

/** A strong ETag is about these very bytes, so the compressed form gets a weak one. */
function weakened(headers: readonly string[]): string[] {
  return headers.map((value, at) => (headers[at - 1] === "etag" && value.startsWith('"') ? `W/${value}` : value));
}

const COMPRESSIBLE = new Set(
  [
    ...["dash+xml", "eot", "font", "font-sfnt", "javascript", "json", "opentype", "otf", "pdf", "pkcs7-mime"],
    ...["protobuf", "rss+xml", "truetype", "ttf", "vnd.apple.mpegurl", "vnd.mapbox-vector-tile", "vnd.ms-fontobject"],
    ...["wasm", "xhtml+xml", "xml", "x-font-opentype", "x-font-truetype", "x-font-ttf", "x-httpd-cgi", "x-javascript"],
    ...["x-mpegurl", "x-opentype", "x-otf", "x-perl", "x-ttf"],
  ]
    .map((subtype) => `application/${subtype}`)
    .concat(["eot", "opentype", "otf", "ttf"].map((subtype) => `font/${subtype}`))
    .concat(["image/svg+xml", "vnd.apple.mpegurl"])
    .concat(
      ["css", "csv", "html", "javascript", "js", "plain", "richtext", "tab-separated-values", "xml"]
        .concat(["x-component", "x-java-source", "x-script"])
        .map((subtype) => `text/${subtype}`),
    ),
);
