import type { Encoding } from "./behaviour.ts";

/** An answer on its way to a client, whatever layer it comes from. */
export interface Reply {
  readonly status: number;
  /** Name, value, name, value, …: the form that is cheapest to send. Without Content-Length. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** What Content-Length says: the body's bytes, or for a HEAD those that a GET would bring. */
  readonly length: number;
  /** The origin gave no Content-Length. */
  readonly unsized?: boolean;
  /** The origin's connection broke before the end of the body. */
  readonly cut?: boolean;
  /** The encoding that the edge gave it, or `identity` if it might have been compressed and was not. */
  readonly form?: Encoding | "identity";
}

/** An answer as a tier keeps it: whole, or a fragment under a key of its own. */
export interface Entry extends Reply {
  readonly etag: string | undefined;
  /** Milliseconds since the epoch when the origin gave it. */
  readonly storedAt: number;
  /** Milliseconds since the epoch until which it may be served without asking the origin. */
  readonly expiresAt: number;
  /** It is delivered and kept nowhere. */
  readonly neverKept?: boolean;
  /** Milliseconds from the request to the first byte of the origin's answer. */
  readonly originMs?: number;
}

/** A request that a POP's cache forwarded, and its answer. The cache may admit the object once the answer is sent. */
export interface Forwarded {
  readonly key: string;
  /** The answer's. A part of an object and its HEAD have the status of the whole. */
  readonly reply: Pick<Reply, "status" | "headers">;
  /** The whole object, if the cache may store it. */
  readonly entry?: Entry;
  /** It waited for another request's fetch. */
  readonly collapsed: boolean;
}

/** The layer that had the answer. */
export type Layer = "pop" | "rec" | "shield" | "origin";

export interface Answer {
  readonly entry: Entry;
  readonly layer: Layer;
  /** The answer had expired here and proved to be unchanged. */
  readonly refreshed: boolean;
  /** It waited for another request's fetch, and nobody says in which layer. */
  readonly noLayer?: boolean;
  /** The layer that asked the origin, if one did. */
  readonly askedBy?: Layer;
  /** The request, if its POP may admit the object when the answer is sent. */
  readonly forwarded?: Forwarded;
}

/** Where the answer to a client came from. `none`: it was made up at the POP and no tier was asked. */
export type Source = Layer | "none";

/** @param name in lower case */
export function headerOf({ headers }: Pick<Reply, "headers">, name: string): string | undefined {
  const at = headers.findIndex((header, index) => index % 2 === 0 && header === name);
  return at < 0 ? undefined : headers[at + 1];
}

/** The answer as later requests get it: what came without a length counts as whole, however much of it came. */
export function asKept(entry: Entry): Entry {
  if (!entry.unsized) return entry;
  const { unsized: _unsized, cut: _cut, ...whole } = entry;
  return { ...whole, length: entry.body.length };
}

/** Offsets of a body: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of `size` bytes that a Range header asks for. `undefined`: send everything, which is what RFC 9110 allows for
 * several ranges at once and asks for when the header makes no sense.
 */
export function requestedRange(header: string | undefined, size: number): Range | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  return start < end ? { start, end } : "unsatisfiable";
}

/** The value of Content-Range, for a part and for a 416. */
export function contentRange(range: Range | "unsatisfiable", size: number): string {
  return range === "unsatisfiable" ? `bytes */${size}` : `bytes ${range.start}-${range.end - 1}/${size}`;
}
