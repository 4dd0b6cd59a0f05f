import { type Named, named } from "../../domain/origin/owner.ts";
import type { Place } from "../../domain/origin/seats.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Beat } from "../../domain/request/progress.ts";

/** Who shares the limits of a request, and where this process stands among them. */
export interface Arrangement extends Place {
  /** Those who have a share, in the same order for all. */
  readonly sharers: readonly Named[];
  /** The same for all who see the same processes. */
  readonly key: string;
  /** Downloads that the others have under way at the origin, as they say. */
  readonly others: number;
  /** All who received something of the request lately, and those who wait for a share. */
  readonly crowd: number;
}

/** What tells processes apart, with the same order for all. */
export function processOf({ instance, worker }: Pick<Beat, "instance" | "worker">): string {
  return `${instance}#${worker}`;
}

type Fresh = Pick<Patience, "staleMs">;

/**
 * The processes that share are those with a fresh beat that says so, whether they hold tasks or not. Those who came first have a
 * share, and the others step in for them: so nobody who comes drives out another. A process whose own beat is getting old has no place: the others may
 * soon count it out.
 * @param self {@link processOf}
 * @param now milliseconds since the epoch
 * @param most how many have a share
 */
export function arrangementOf(
  beats: readonly Beat[],
  self: string,
  now: number,
  { staleMs }: Fresh,
  most = Number.POSITIVE_INFINITY,
): Arrangement | undefined {
  const fresh = beats.filter(({ at }) => Math.abs(now - at) <= staleMs);
  const own = fresh.find((beat) => shares(beat) && processOf(beat) === self);
  if (own === undefined || now - own.at > staleMs / 2) return undefined;
  const names = fresh.filter(shares).toSorted(bySeniority).map(processOf).slice(0, most);
  const others = fresh.reduce((sum, beat) => (beat === own ? sum : sum + (beat.asking ?? 0)), 0);
  const place = { index: names.indexOf(self), count: names.length };
  return { ...place, sharers: names.map(named), key: names.join("\n"), others, crowd: fresh.length };
}

/** How many processes share, whether they have a share or wait for one. */
export function sharersOf(beats: readonly Beat[], now: number, { staleMs }: Fresh): number {
  return beats.filter((beat) => shares(beat) && Math.abs(now - beat.at) <= staleMs).length;
}

function shares({ sharing, left }: Beat): boolean {
  return sharing !== undefined && left !== true;
}

function bySeniority(a: Beat, b: Beat): number {
  const later = (a.sharing ?? 0) - (b.sharing ?? 0);
  return later === 0 ? (processOf(a) < processOf(b) ? -1 : 1) : later;
}

/** How often the beats of a request are read: reading costs as many items as there are processes. */
export function readingMs({ beatMs }: Pick<Patience, "beatMs">, processes: number): number {
  return beatMs * Math.max(1, Math.ceil(processes / 100));
}
