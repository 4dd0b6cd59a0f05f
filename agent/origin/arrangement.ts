import type { Place } from "../../domain/origin/turns.ts";
import type { Patience } from "../../domain/request/patience.ts";
import type { Beat } from "../../domain/request/progress.ts";

/** Who shares the limits of a request, and where this process stands among them. */
export interface Arrangement extends Place {
  /** The same for all who see the same processes. */
  readonly key: string;
  /** Downloads that the others have under way at the origin, as they say. */
  readonly others: number;
}

/** What tells processes apart, with the same order for all. */
export function processOf({ instance, worker }: Pick<Beat, "instance" | "worker">): string {
  return `${instance}#${worker}`;
}

/**
 * The processes that are alive for a request are those with a fresh beat, whether they hold tasks or not. A process whose own
 * beat is getting old has no place: the others may soon count it out.
 * @param self {@link processOf}
 * @param now milliseconds since the epoch
 */
export function arrangementOf(
  beats: readonly Beat[],
  self: string,
  now: number,
  { staleMs }: Pick<Patience, "staleMs">,
): Arrangement | undefined {
  const alive = beats.filter(({ at, left }) => left !== true && Math.abs(now - at) <= staleMs);
  const names = alive.map(processOf).toSorted();
  const index = names.indexOf(self);
  const own = alive.find((beat) => processOf(beat) === self);
  if (own === undefined || now - own.at > staleMs / 2) return undefined;
  const others = alive.reduce((sum, beat) => (beat === own ? sum : sum + (beat.asking ?? 0)), 0);
  return { index, count: names.length, key: names.join("\n"), others };
}

/** How often the beats of a request are read: reading costs as many items as there are processes. */
export function readingMs({ beatMs }: Pick<Patience, "beatMs">, processes: number): number {
  return beatMs * Math.max(1, Math.ceil(processes / 100));
}
