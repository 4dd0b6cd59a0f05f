import { type Dispatcher, Pool } from "undici";
import { Bodies } from "./bodies.ts";
import { freshFor } from "./freshness.ts";
import type { Entry, Reply } from "./reply.ts";

export interface OriginClientOptions {
  readonly url: string;
  readonly errorTtlMs: number;
  readonly now: () => number;
}

type Request = Pick<Dispatcher.RequestOptions, "method" | "path"> & { readonly headers?: Record<string, string> };

/** Headers that are about one connection or one moment, and not about the object. */
const NOT_KEPT = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

/** The tiers' client of the origin. No method rejects: if the origin fails, the answer is a 502, as at CloudFront. */
export class OriginClient {
  readonly #pool: Pool;
  readonly #bodies = new Bodies();
  readonly #options: OriginClientOptions;

  constructor(options: OriginClientOptions) {
    this.#options = options;
    // No time limits: a test may want a slow origin, and close() ends what is under way.
    this.#pool = new Pool(options.url, { connections: 64, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Fetches a whole object. With `known`, an expired entry, it asks by If-None-Match; on a 304, `known` is renewed. */
  async fetch(target: string, known: Entry | undefined): Promise<{ entry: Entry; unchanged: boolean }> {
    const headers = known?.etag === undefined ? {} : { "if-none-match": known.etag };
    const reply = await this.#send({ method: "GET", path: target, headers });
    const unchanged = reply.status === 304 && known !== undefined;
    const etag = headerOf(reply, "etag");
    const storedAt = this.#options.now();
    const ttl = freshFor(reply.status, headerOf(reply, "cache-control"), this.#options.errorTtlMs);
    const times = { storedAt, expiresAt: storedAt + ttl };
    if (unchanged) return { entry: { ...known, ...times }, unchanged };
    return { entry: { ...reply, ...times, etag, body: this.#bodies.same(etag, reply.body) }, unchanged };
  }

  head(target: string): Promise<Reply> {
    return this.#send({ method: "HEAD", path: target });
  }

  range(target: string, range: string): Promise<Reply> {
    return this.#send({ method: "GET", path: target, headers: { range } });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(request: Request): Promise<Reply> {
    try {
      const { statusCode, headers, body } = await this.#pool.request(request);
      const bytes = Buffer.from(await body.arrayBuffer());
      const length = request.method === "HEAD" ? Number(headers["content-length"] ?? 0) : bytes.length;
      return { status: statusCode, headers: kept(headers), body: bytes, length };
    } catch {
      return { status: 502, headers: [], body: Buffer.alloc(0), length: 0 };
    }
  }
}

function kept(headers: Dispatcher.ResponseData["headers"]): string[] {
  return Object.entries(headers)
    .filter(([name]) => !NOT_KEPT.has(name))
    .flatMap(([name, value]) => [value ?? ""].flat().flatMap((one) => [name, one]));
}

function headerOf({ headers }: Reply, name: string): string | undefined {
  const at = headers.findIndex((header, index) => index % 2 === 0 && header === name);
  return at < 0 ? undefined : headers[at + 1];
}
