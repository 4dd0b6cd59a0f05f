import type { IncomingMessage, ServerResponse } from "node:http";
import type { Policy } from "./behaviour.ts";
import type { Layer, Reply, Source } from "./reply.ts";
import type { Tier } from "./tier.ts";

/** One cache server of a POP, at one address. */
export interface Pop {
  /** `SIN2-P1` */
  readonly name: string;
  readonly address: string;
  readonly via: string;
  /** Its own cache, or the one that all servers of the POP share. */
  readonly tier: Tier;
  readonly counters: PopCounters;
}

/** One request that a POP answers, and its answer. */
export interface Exchange {
  readonly pop: Pop;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The distribution that is asked; undefined if none is. */
  readonly domain: string | undefined;
  readonly policy: Policy;
  /** `performance.now()` when the request came. */
  readonly began: number;
}

/** What was found for a client. */
export interface Found {
  readonly reply: Reply;
  readonly source: Source;
  readonly refreshed: boolean;
  /** Milliseconds since the epoch when the origin gave it; absent when it was not kept. */
  readonly storedAt?: number;
  readonly originMs?: number;
  readonly noLayer?: boolean;
  /** The layer that asked the origin, if one did. */
  readonly askedBy?: Layer;
}

/** `requests` is the sum of the next five: each request counts in exactly one of them. */
export interface PopCounters {
  requests: number;
  /** GETs answered out of the POP. */
  hits: number;
  /** GETs answered out of a REC or an Origin Shield. */
  recHits: number;
  /** GETs that went to the origin. */
  misses: number;
  heads: number;
  /** Answers of 4xx and 5xx of any layer, answers that a POP made up, and answers that it never gave. */
  errors: number;
  /** Bytes of the bodies that were answered. A client that leaves halfway is not subtracted. */
  bytes: number;
}

export function newCounters(): PopCounters {
  return { requests: 0, hits: 0, recHits: 0, misses: 0, heads: 0, errors: 0, bytes: 0 };
}

const BY_SOURCE = { pop: "hits", rec: "recHits", shield: "recHits", origin: "misses" } as const;

export interface Counted {
  readonly method: string;
  readonly status: number;
  readonly source: Source;
  readonly bytes: number;
}

export function count(counters: PopCounters, { method, status, source, bytes }: Counted): void {
  counters.requests += 1;
  counters.bytes += bytes;
  if (status >= 400 || source === "none") counters.errors += 1;
  else counters[method === "HEAD" ? "heads" : BY_SOURCE[source]] += 1;
}

export function sumOf(all: readonly PopCounters[]): PopCounters {
  const sum = newCounters();
  for (const counters of all) {
    sum.requests += counters.requests;
    sum.hits += counters.hits;
    sum.recHits += counters.recHits;
    sum.misses += counters.misses;
    sum.heads += counters.heads;
    sum.errors += counters.errors;
    sum.bytes += counters.bytes;
  }
  return sum;
}
