import type { Encoding } from "./accept-encoding.ts";
import { type Asked, plainly } from "./asked.ts";
import { Cache } from "./cache.ts";
import { Evictions } from "./evictions.ts";
import { Flights } from "./flights.ts";
import { type Answer, asKept, type Entry, type Layer } from "./reply.ts";

/** Asks the next layer. Must not reject. `known`: the entry that has expired here. */
export type Upstream = (asked: Asked, known: Entry | undefined) => Promise<Answer>;

export interface TierOptions {
  readonly layer: Layer;
  readonly upstream: Upstream;
  readonly now: () => number;
  /** The tier behind this one, if it is a cache too. */
  readonly parent?: Tier;
}

/** One cache of the edge: a cache server of a POP, or a REC. */
export class Tier {
  readonly #options: TierOptions;
  readonly #cache = new Cache();
  readonly #flights = new Flights();
  readonly #evictions = new Evictions();

  constructor(options: TierOptions) {
    this.#options = options;
  }

  /** What this tier can serve without asking. */
  fresh(key: string): Entry | undefined {
    return this.#cache.fresh(key, this.#options.now());
  }

  /** The nearest tier that can serve the key at once. Fills nothing. */
  peek(key: string, asked?: Asked): Answer | undefined {
    const entry = this.fresh(key) ?? (asked && this.#otherForm(asked));
    return entry ? this.#had(entry) : this.#options.parent?.peek(key, asked);
  }

  /**
   * Serves the key. Requests at the same time share one upstream fetch, unless the policy says otherwise. Never rejects,
   * because upstream does not.
   */
  get(key: string, asked: Asked = plainly(key)): Promise<Answer> {
    const entry = this.fresh(key) ?? this.#otherForm(asked);
    if (entry) return Promise.resolve(this.#had(entry));
    // At CloudFront, a request that waited for another one's fetch gets a Hit.
    const underWay = asked.policy.collapsing === "off" ? undefined : this.#flights.underWay(key);
    if (underWay) return underWay.then(({ entry }) => this.#shared(entry, asked));

    const known = this.#cache.last(key);
    return this.#flights.start(key, this.#options.upstream(asked, known), (answer, valid) => {
      // An answer that was asked for before an invalidation is delivered, but not kept.
      if (valid && this.#keeps(asked, answer.entry)) this.#cache.put(key, asKept(answer.entry));
      return { ...answer, refreshed: answer.refreshed || known?.body === answer.entry.body };
    });
  }

  /** Counts a request for the key, and loses the object if the policy says so. */
  used({ key, policy }: Asked): void {
    if (policy.evict && this.#evictions.isDue(key, policy.evict)) this.#cache.drop(key);
  }

  invalidate(matches: (key: string) => boolean): number {
    this.#flights.invalidate(matches);
    return this.#cache.invalidate(matches);
  }

  /** Loses what matches, as a full cache does. What is under way will be kept. */
  evict(matches: (key: string) => boolean): number {
    return this.#cache.invalidate(matches);
  }

  /** The keys of a path that are fresh here, whatever their form. */
  keysOf(target: string): string[] {
    return this.#cache.keysOf(target, this.#options.now());
  }

  #keeps({ policy }: Asked, { neverKept = false }: Entry): boolean {
    return !neverKept && !(this.#options.layer === "pop" && policy.keptAt === "rec");
  }

  #otherForm({ otherForms, accepts }: Asked): Entry | undefined {
    for (const key of otherForms) {
      const entry = this.fresh(key);
      if (entry && isAccepted(entry.form, accepts)) return entry;
    }
    return undefined;
  }

  /** What a request gets that waited. It may be told of this layer only if the object stays here. */
  #shared(entry: Entry, asked: Asked): Answer {
    const { collapsing } = asked.policy;
    const untold = collapsing === "untold" || (collapsing === "told" && !this.#keeps(asked, entry));
    return { ...this.#had(asKept(entry)), untold };
  }

  #had(entry: Entry): Answer {
    return { entry, layer: this.#options.layer, refreshed: false };
  }
}

function isAccepted(form: Entry["form"], accepts: readonly Encoding[]): boolean {
  return form === "identity" || (form !== undefined && accepts.includes(form));
}
