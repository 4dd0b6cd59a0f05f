/**
 * The keys of the Progress table, one a kind of item. What is before the `#` is what a policy on leading keys tells apart
 * (lib/on-keys.ts): whoever writes one kind may be refused the others.
 */
export const KEY = {
  /** The request's totals: a stripe each, {@link MOVED}, {@link CORRECTION}. */
  count: (reqId: string) => `count#${reqId}`,
  /** The totals of a block of its POPs: a stripe each. */
  pops: (reqId: string, block: number) => `pops#${reqId}#${block}`,
  /** Its failures by reason: a stripe each, and examples of each reason. */
  fails: (reqId: string) => `fails#${reqId}`,
  /** What was counted when a minute began: a minute each. */
  minute: (reqId: string) => `minute#${reqId}`,
  /** What was received in it: a minute each. */
  bytes: (reqId: string) => `bytes#${reqId}`,
  /** The last beat of each process. */
  beat: (reqId: string) => `beat#${reqId}`,
  /** By request, or by host while it throttles: the TAT of its rate. Of a request also the permits of all processes. */
  limit: (id: string) => `limit#${id}`,
  /** The rate that a host accepts. */
  host: (host: string) => `host#${host}`,
  /** Who has asked for a look. */
  ask: (reqId: string) => `ask#${reqId}`,
} as const;

/** Sort keys of `count`, next to those of the stripes. */
export const MOVED = "moved";
export const CORRECTION = "recount";
