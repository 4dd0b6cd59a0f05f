import type { Policy } from "./behaviour.ts";
import type { Invalidated } from "./invalidation.ts";
import type { Entry, Forwarded } from "./reply.ts";

/** What tells whether a request counts. */
interface Sent {
  readonly method: string;
  readonly range: string | undefined;
  /** Whether the body was sent to its end. */
  readonly whole: boolean;
}

/**
 * Admits an object to a POP's cache at the second request that counts. An invalidation forgets the first request. So does the
 * admission: an object that the cache loses later is requested twice again. No recording shows what follows an eviction,
 * or how long CloudFront remembers the first request; here it does so until an invalidation.
 *
 * An error is another object than what comes in its place.
 */
export class Admission {
  /** The answers to the requests that counted, by key. */
  readonly #first = new Map<string, Forwarded["reply"]>();
  /** Those whose answers are being sent. */
  readonly #open = new Set<Forwarded>();

  open(forwarded: Forwarded): Forwarded {
    this.#open.add(forwarded);
    return forwarded;
  }

  /** Counts a request whose answer was sent. @returns the object, if the cache stores it now */
  close(forwarded: Forwarded, { admits }: Policy, { method, range, whole }: Sent): Entry | undefined {
    const { key, reply, entry, collapsed } = forwarded;
    const counts =
      (method === "GET" || admits.heads) &&
      (range === undefined || admits.ranges) &&
      (!collapsed || admits.collapsed) &&
      (whole || admits.aborted);
    if (!this.#open.delete(forwarded) || !counts) return undefined;
    const isSecond = this.#first.get(key)?.status === reply.status;
    if (entry === undefined || !isSecond) {
      this.#first.set(key, reply);
      return undefined;
    }
    this.#first.delete(key);
    return entry;
  }

  invalidate(matches: Invalidated): void {
    for (const [key, reply] of this.#first) if (matches(key, reply)) this.#first.delete(key);
    for (const one of this.#open) if (matches(one.key, one.reply)) this.#open.delete(one);
  }
}
