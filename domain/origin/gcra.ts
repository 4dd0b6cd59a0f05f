// The generic cell rate algorithm (GCRA) with reservations: one timestamp, the theoretical arrival time (TAT), is the time of the next free slot.
// https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
import type { TatUpdate } from "./permit-store.ts";

/** The share of a limit that is used: with it, a window of one second that includes late slots stays within the limit. */
const USED_SHARE = 0.9;
/** A slot is usable for this long after its time. */
export const SLOT_TOLERANCE_MS = 100;
/** The first slot after an idle period: DynamoDB's response must have arrived before it. */
const FIRST_SLOT_DELAY_MS = 150;
/** A TAT that is further ahead than a process may reserve now, by more than this, comes from a wrong clock. The rate may have been lower before. */
const MAX_CLOCK_ERROR_MS = 15_000;
/** Work in progress reserves slots up to this far ahead, and at least this many. */
const MAX_AHEAD_MS = 10_000;
const MIN_SLOTS_AHEAD = 3;

/** Requests per second that are reserved under a limit. 2.5 requests per second are at most 2 in each second. */
export function reservedPerSecond(limit: number): number {
  return USED_SHARE * (limit < 1 ? limit : Math.floor(limit));
}

/** The most slots of a reservation: those of a second, and some more because a reservation takes time. */
export function maxSlots(perSecond: number): number {
  return Math.ceil(perSecond / USED_SHARE);
}

/** Milliseconds between two slots; whole microseconds, so that DynamoDB and this process compute the same sum. */
export function spacingMs(perSecond: number): number {
  return Math.ceil(1_000_000 / perSecond) / 1_000;
}

/** How far ahead a reservation may begin, if the work cannot be deferred. */
export function horizonMs(spacing: number): number {
  return Math.max(MAX_AHEAD_MS, MIN_SLOTS_AHEAD * spacing);
}

/**
 * The update that reserves slots.
 * @param tat the last observed TAT
 * @param horizon how far ahead the first slot may be, in milliseconds
 * @returns undefined if the slots within the horizon are taken
 */
export function reservation(
  tat: number | undefined,
  now: number,
  { slots, spacing, horizon }: { readonly slots: number; readonly spacing: number; readonly horizon: number },
): TatUpdate | undefined {
  const start = now + FIRST_SLOT_DELAY_MS;
  const by = wholeMicroseconds(slots * spacing);
  if (tat === undefined || tat < start) return { kind: "set", to: wholeMicroseconds(start + by), below: start };
  return tat < now + horizon ? { kind: "add", by, atLeast: start, below: now + horizon } : undefined;
}

/** Whether no process with a correct clock can have written a TAT. @param longestMs how far ahead it may be */
export function isImplausible(tat: number, now: number, longestMs: number): boolean {
  return tat > now + longestMs + MAX_CLOCK_ERROR_MS;
}

/** A product of decimals may have noise that DynamoDB, which adds decimals exactly, would keep. */
function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
