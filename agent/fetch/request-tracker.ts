import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { cacheStatusOf, parseAge } from "../../domain/result/proof.ts";
import { withTimeout } from "../../domain/retry.ts";
import type { HttpResult } from "./http/http-client.ts";

interface InProgress {
  count: number;
  /** Called when none is left. */
  readonly waiting: (() => void)[];
}

/**
 * What a proof must know beyond its own task: which requests this process has in progress, because CloudFront collapses identical ones, and
 * at which hosts an origin sends an `Age` of its own.
 */
export class RequestTracker {
  /** Those of which a Miss carried an `Age`: the origin sends it. */
  private readonly hostsWithOriginAge = new Set<string>();
  private readonly objects = new Map<string, InProgress>();

  /** A request begins. @param key {@link objectKey} @returns what to call when it has ended */
  begin(key: string): () => void {
    const object = this.objects.get(key) ?? { count: 0, waiting: [] };
    this.objects.set(key, object);
    object.count++;
    return () => {
      if (--object.count > 0) return;
      this.objects.delete(key);
      for (const go of object.waiting) go();
    };
  }

  /** Whether this process has a request for the object in progress that an edge could collapse with another one. */
  isInProgress(key: string): boolean {
    return this.objects.has(key);
  }

  /** Resolves when none is in progress, or after so many milliseconds. */
  async untilAlone(key: string, maxMs: number): Promise<void> {
    const object = this.objects.get(key);
    if (object === undefined) return;
    const alone = new Promise<void>((resolve) => object.waiting.push(resolve));
    await withTimeout(maxMs, alone).catch(() => undefined);
  }

  recordResponse(host: string, { httpStatus = 0, xCache, age }: HttpResult): void {
    // Errors are kept apart from objects, and most answers are no Miss.
    if (httpStatus < 200 || httpStatus >= 300 || cacheStatusOf(xCache) !== "MISS") return;
    if (parseAge(age) !== undefined) this.hostsWithOriginAge.add(host);
  }

  /** Whether a Miss of the host has carried an Age. One origin of several is enough: an Age at the host then proves nothing. */
  originSendsAge(host: string): boolean {
    return this.hostsWithOriginAge.has(host);
  }
}

/** What identical requests have in common. They are collapsed within a cache server of the POP, and those that miss there within the REC. Variants may have one cache key. */
export function objectKey({ pop, host }: TaskMessage, path: string): string {
  return `${recOf(pop) ?? pop} ${host}${path}`;
}
