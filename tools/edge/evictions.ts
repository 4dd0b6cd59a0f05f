import type { Policy } from "./behaviour.ts";

/** Counts the requests for each key of a cache, to lose an object after so many. */
export class Evictions {
  readonly #counts = new Map<string, { requests: number; evictions: number }>();

  /** Counts one request. @returns whether the object is lost now */
  isDue(key: string, { after, times = Number.POSITIVE_INFINITY }: NonNullable<Policy["evict"]>): boolean {
    const counts = this.#counts.get(key) ?? { requests: 0, evictions: 0 };
    this.#counts.set(key, counts);
    counts.requests += 1;
    if (counts.requests < after || counts.evictions >= times) return false;
    counts.requests = 0;
    counts.evictions += 1;
    return true;
  }
}
