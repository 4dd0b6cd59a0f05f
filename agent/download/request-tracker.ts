import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { recOf } from "../../domain/pops/site-of.ts";
import { type AgeSource, cacheStatusOf, parseAge } from "../../domain/result/proof.ts";
import type { Answer } from "./answer.ts";

/** So many hosts are remembered; the one that was added first is forgotten. A process works on far fewer. */
const MAX_HOSTS = 10_000;

interface HostAge {
  /** A Miss carried an Age. */
  missHadAge: boolean;
  missHadNone: boolean;
  /** The Age of a hit grew. */
  grew: boolean;
}

interface InProgress {
  count: number;
  /** Called when none is left. */
  readonly waiting: Set<() => void>;
}

/**
 * What a proof must know beyond its own task: which requests this process has in progress, because identical ones share an answer, and
 * what an `Age` of a host is worth.
 */
export class RequestTracker {
  private readonly hosts = new Map<string, HostAge>();
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

  /** Whether this process has no request for the object in progress that an edge could answer together with another one. */
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

  /** An answer of a host has come. */
  saw(host: string, { httpStatus = 0, xCache, age }: Answer): void {
    // Errors are kept apart from objects, and most answers are no Miss.
    if (httpStatus < 200 || httpStatus >= 300 || cacheStatusOf(xCache) !== "MISS") return;
    if (parseAge(age) === undefined) this.of(host).missHadNone = true;
    else this.of(host).missHadAge = true;
  }

  /** The Age of a hit of the host has grown. */
  sawGrowth(host: string): void {
    this.of(host).grew = true;
  }

  ageSource(host: string): AgeSource {
    const seen = this.hosts.get(host);
    if (seen === undefined) return "UNKNOWN";
    if (seen.missHadAge) return "ORIGIN";
    return seen.missHadNone && seen.grew ? "TRUE" : "UNKNOWN";
  }

  private of(host: string): HostAge {
    const known = this.hosts.get(host);
    if (known !== undefined) return known;
    const [first] = this.hosts.keys();
    if (this.hosts.size >= MAX_HOSTS && first !== undefined) this.hosts.delete(first);
    const fresh = { missHadAge: false, missHadNone: false, grew: false };
    this.hosts.set(host, fresh);
    return fresh;
  }
}

/** Requests are shared within a cache server of the POP, and those that miss there within the REC. Variants may have one cache key. */
function keyOf({ pop, host }: Pick<TaskMessage, "pop" | "host">, path: string): string {
  return `${recOf(pop) ?? pop} ${host}${path}`;
}
