import { targetOf } from "./cache.ts";
import type { OriginClient } from "./origin-client.ts";
import { contentRange, requestedRange } from "./range.ts";
import type { Answer, Entry, Reply, Source } from "./reply.ts";
import type { Tier } from "./tier.ts";

export interface Found {
  readonly reply: Reply;
  readonly source: Source;
  readonly refreshed: boolean;
  /** Milliseconds since the epoch when the origin gave it; absent when it was not kept. */
  readonly storedAt?: number;
}

export interface Wanted {
  readonly method: "GET" | "HEAD";
  readonly key: string;
  /** The Range header of a GET. */
  readonly range: string | undefined;
}

/**
 * Looks for an answer in the tiers, then at the origin. Only a GET of a whole object fills a tier. A HEAD or a range is
 * answered from a tier that has the object, otherwise by the origin.
 */
export async function find({ method, key, range }: Wanted, tier: Tier, origin: OriginClient): Promise<Found> {
  if (method === "GET" && range === undefined) return kept(await tier.get(key));
  const answer = tier.peek(key);
  if (method === "HEAD") return answer ? kept(answer) : passedOn(await origin.head(targetOf(key)));
  if (answer) return kept(answer, part(answer.entry, range));
  return passedOn(await origin.range(targetOf(key), range ?? ""));
}

/** An answer that the POP gives by itself. */
export function madeUp(status: number, headers: Readonly<Record<string, string>> = {}): Found {
  const body = Buffer.from(`${status}\n`);
  const all = { "content-type": "text/plain", ...headers };
  return {
    reply: { status, headers: Object.entries(all).flat(), body, length: body.length },
    source: "none",
    refreshed: false,
  };
}

function kept({ entry, layer, refreshed }: Answer, reply: Reply = entry): Found {
  return { reply, source: layer, refreshed, storedAt: entry.storedAt };
}

function passedOn(reply: Reply): Found {
  return { reply, source: "origin", refreshed: false };
}

function part(entry: Entry, header: string | undefined): Reply {
  const range = entry.status === 200 ? requestedRange(header, entry.length) : undefined;
  if (range === undefined) return entry;
  const headers = [...entry.headers, "content-range", contentRange(range, entry.length)];
  if (range === "unsatisfiable") return { status: 416, headers, body: Buffer.alloc(0), length: 0 };
  const body = entry.body.subarray(range.start, range.end);
  return { status: 206, headers, body, length: body.length };
}
