import { type Asked, fragment } from "./asked.ts";
import type { OriginClient } from "./origin-client.ts";
import { contentRange, requestedRange } from "./range.ts";
import type { Answer, Entry, Layer, Reply, Source } from "./reply.ts";
import type { Tier } from "./tier.ts";

export interface Found {
  readonly reply: Reply;
  readonly source: Source;
  readonly refreshed: boolean;
  /** Milliseconds since the epoch when the origin gave it; absent when it was not kept. */
  readonly storedAt?: number;
  readonly originMs?: number;
  readonly untold?: boolean;
  /** The layer that asked the origin, if one did. */
  readonly askedBy?: Layer;
}

export interface Wanted {
  readonly method: "GET" | "HEAD";
  readonly asked: Asked;
  /** The Range header of a GET. */
  readonly range: string | undefined;
}

/**
 * Looks for an answer in the tiers, then at the origin. A GET of a whole object fills the tiers. A HEAD or a range is
 * answered from a tier that has the object, otherwise by the origin; a policy may have the range kept then, as a
 * fragment.
 */
export async function find({ method, asked, range }: Wanted, tier: Tier, origin: OriginClient): Promise<Found> {
  if (method === "GET" && range === undefined) return kept(await tier.get(asked.key, asked));
  const answer = tier.peek(asked.key, asked);
  if (method === "HEAD") return answer ? kept(answer) : passedOn(await origin.head(asked));
  if (answer) return kept(answer, part(answer.entry, range));
  if (asked.policy.ranges === "passed") return passedOn(await origin.range(asked, range ?? ""));
  const piece = fragment(asked, range ?? "");
  return kept(await tier.get(piece.key, piece));
}

/** An answer that the POP gives by itself. */
export function madeUp(status: number, headers: Readonly<Record<string, string>> = {}): Found {
  const body = Buffer.from(status === 204 ? "" : `${status}\n`);
  const all = { "content-type": "text/plain", ...headers };
  return {
    reply: { status, headers: Object.entries(all).flat(), body, length: body.length },
    source: "none",
    refreshed: false,
  };
}

function kept(answer: Answer, reply: Reply = answer.entry): Found {
  const { entry, layer, refreshed, untold = false, askedBy = "rec" } = answer;
  return { reply, source: layer, refreshed, storedAt: entry.storedAt, originMs: entry.originMs ?? 0, untold, askedBy };
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
