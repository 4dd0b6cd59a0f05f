import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import type { Asked } from "./asked.ts";
import { Bodies } from "./bodies.ts";
import { compressed } from "./compression.ts";
import { keeping } from "./keeping.ts";
import { DISTRIBUTION_HEADER } from "./origin-settings.ts";
import { received } from "./received.ts";
import { type Entry, headerOf, type Reply } from "./reply.ts";
import { withPassedVary } from "./vary.ts";

export interface OriginClientOptions {
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
    const etag = headerOf(formed.reply, "etag");
    const body = this.#bodies.same(etag && `${etag} ${formed.form ?? ""}`, formed.reply.body);
    const { form } = formed;
    const entry = { ...formed.reply, ...times, etag, body, ...(form && { form }), ...(neverKept && { neverKept }) };
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
