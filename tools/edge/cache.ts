import type { Entry } from "./reply.ts";

/**
 * What one tier keeps. A key is the distribution's domain and the path with its query string: so an alias and the
 * domain share objects, and two distributions never do. Headers that are part of the key follow, one a line.
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

  drop(key: string): void {
    this.#entries.delete(key);
  }

  /** @returns how many entries were removed */
  invalidate(matches: (key: string) => boolean): number {
    const gone = [...this.#entries.keys()].filter(matches);
    for (const key of gone) this.#entries.delete(key);
    return gone.length;
  }

  /** The keys of a path, whatever its form, that are fresh. */
  keysOf(target: string, now: number): string[] {
    return [...this.#entries.keys()].filter((key) => targetOf(key) === target && this.fresh(key, now) !== undefined);
  }
}

export function cacheKey(domain: string, target: string): string {
  return domain + target;
}

/** The path and query of a key. A domain has no slash, a path begins with one and has no line end. */
export function targetOf(key: string): string {
  const end = key.indexOf("\n");
  return key.slice(key.indexOf("/"), end < 0 ? key.length : end);
}

export function domainOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/** What makes a key a form of its own, such as `accept-encoding: gzip`; empty if nothing does. */
export function formOf(key: string): string {
  return key.split("\n").slice(1).join("; ");
}
