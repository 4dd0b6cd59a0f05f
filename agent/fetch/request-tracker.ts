import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { cacheStatusOf, parseAge } from "../../domain/result/proof.ts";
import type { Answer } from "./http/http-client.ts";

/** So many hosts are remembered; the one that was added first is forgotten. A process works on far fewer. */
const MAX_HOSTS = 10_000;

interface InProgress {
  count: number;
  /** Called when none is left. */
  readonly waiting: Set<() => void>;
}

/**
 * What a proof must know beyond its own task: which requests this process has in progress, because CloudFront collapses identical ones, and
 * at which hosts an origin sends an `Age` of its own.
 */
export class RequestTracker {
  /** Those of which a Miss carried an `Age`: the origin sends it. */
  private readonly hostsWithOriginAge = new Set<string>();
  private readonly objects = new Map<string, InProgress>();

  /** A request begins. @param path with the query. @returns what to call when it has ended */
  begin(message: Pick<TaskMessage, "pop" | "host">, path: string): () => void {
    const key = keyOf(message, path);
    const known = this.objects.get(key);
    const object = known ?? { count: 0, waiting: new Set() };
    if (known === undefined) this.objects.set(key, object);
    object.count++;
    return () => {
      if (--object.count > 0) return;
      this.objects.delete(key);
      for (const go of object.waiting) go();
    };
  }

  /** Whether this process has no request for the object in progress that an edge could collapse with another one. */
  isAlone(message: Pick<TaskMessage, "pop" | "host">, path: string): boolean {
    return !this.objects.has(keyOf(message, path));
  }

  /** Resolves when that may be so again, or after so many milliseconds. */
  untilAlone(message: Pick<TaskMessage, "pop" | "host">, path: string, maxMs: number): Promise<void> {
    const object = this.objects.get(keyOf(message, path));
    if (object === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        object.waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, maxMs);
      object.waiting.add(go);
    });
  }

  recordResponse(host: string, { httpStatus = 0, xCache, age }: Answer): void {
    // Errors are kept apart from objects, and most answers are no Miss.
    if (httpStatus < 200 || httpStatus >= 300 || cacheStatusOf(xCache) !== "MISS") return;
    if (parseAge(age) === undefined || this.hostsWithOriginAge.has(host)) return;
    const [first] = this.hostsWithOriginAge;
    if (this.hostsWithOriginAge.size >= MAX_HOSTS && first !== undefined) this.hostsWithOriginAge.delete(first);
    this.hostsWithOriginAge.add(host);
  }

  /** Whether a Miss of the host has carried an Age. One origin of several is enough: an Age at the host then proves nothing. */
  originSendsAge(host: string): boolean {
    return this.hostsWithOriginAge.has(host);
  }
}

/** Requests are collapsed within a cache server of the POP, and those that miss there within the REC. Variants may have one cache key. */
function keyOf({ pop, host }: Pick<TaskMessage, "pop" | "host">, path: string): string {
  return `${recOf(pop) ?? pop} ${host}${path}`;
}
