import type { Entry } from "./reply.ts";

/**
 * What one tier keeps. A key is the distribution's domain and the path with its query string: so an alias and the
 * domain share objects, and two distributions never do.
 */
export class Cache {
  readonly #entries = new Map<string, Entry>();

  fresh(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > now ? entry : undefined;
  }

  /** The entry, fresh or expired. A revalidation starts from it. */
  last(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
  }

  /** @returns how many entries were removed */
  invalidate(matches: (key: string) => boolean): number {
    const gone = [...this.#entries.keys()].filter(matches);
    for (const key of gone) this.#entries.delete(key);
    return gone.length;
  }
}

export function cacheKey(domain: string, target: string): string {
  return domain + target;
}

/** The path and query of a key. A domain has no slash, a path begins with one. */
export function targetOf(key: string): string {
  return key.slice(key.indexOf("/"));
}
