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
  /** Of the body, as they are handed to the connection: a client that leaves gets at most one slice more than it reads. */
  readonly bytes: number;
}

/** A request whose body is being sent. */
export interface PopRequestSending extends Omit<PopRequestSeen, "bytes"> {
  bytes: number;
}

/** Remembers every request, where a lab wants to know which address was asked what. */
export class PopLog {
  readonly requests: PopRequestSeen[] = [];

  /** @returns the entry: its bytes are added as they are sent */
  add({ pop, request, domain = "", policy }: Exchange, found: Found, at: number): PopRequestSending {
    const { method = "GET", url = "/", headers } = request;
    const { source } = found;
    const entry: PopRequestSending = {
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
      bytes: 0,
    };
    this.requests.push(entry);
    return entry;
  }
}
