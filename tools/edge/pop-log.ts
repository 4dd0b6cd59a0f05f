import { askedFor, formOf } from "./cache-key.ts";
import { xCacheOf } from "./edge-headers.ts";
import type { Exchange, Found } from "./exchange.ts";
import type { Source } from "./reply.ts";

/** One request that a POP answered. */
export interface PopRequestSeen {
  /** Milliseconds since the epoch when the answer was sent, by the edge's clock. */
  readonly at: number;
  readonly pop: string;
  readonly address: string;
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly range: string | undefined;
  /** What of the request's headers is part of the cache key, such as `accept-encoding: br,gzip`. */
  readonly form: string;
  readonly status: number;
  readonly xCache: string;
  /** The layer that had the answer, whether or not the client was told. */
  readonly source: Source;
  /** Of the body. A client that leaves halfway is not subtracted. */
  readonly bytes: number;
}

/** Remembers every request, where a lab wants to know which address was asked what. */
export class PopLog {
  readonly requests: PopRequestSeen[] = [];

  add(
    { pop, request, domain = "", policy }: Exchange,
    found: Found,
    { at, bytes }: Pick<PopRequestSeen, "at" | "bytes">,
  ): void {
    const { method = "GET", url = "/", headers } = request;
    const { source } = found;
    this.requests.push({
      at,
      pop: pop.name,
      address: pop.address,
      method,
      path: url,
      range: headers.range,
      form: formOf(askedFor(domain, url, headers, policy).key),
      status: found.reply.status,
      xCache: xCacheOf(found),
      source,
      bytes,
    });
  }
}
