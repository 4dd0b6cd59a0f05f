import { Cache } from "./cache.ts";
import type { Answer, Entry, Layer } from "./reply.ts";

/** Asks the next layer. Must not reject. `known`: the entry that has expired here. */
export type Upstream = (key: string, known: Entry | undefined) => Promise<Answer>;

export interface TierOptions {
  readonly layer: Layer;
  readonly upstream: Upstream;
  readonly now: () => number;
  /** The tier behind this one, if it is a cache too. */
  readonly parent?: Tier;
}

/** One cache of the edge: a POP or a REC. */
export class Tier {
  readonly #options: TierOptions;
  readonly #cache = new Cache();
  readonly #flights = new Map<string, Promise<Answer>>();

  constructor(options: TierOptions) {
    this.#options = options;
  }

  /** What this tier can serve without asking. */
  fresh(key: string): Entry | undefined {
    return this.#cache.fresh(key, this.#options.now());
  }

  /** The nearest tier that can serve the key at once. Fills nothing. */
  peek(key: string): Answer | undefined {
    const entry = this.fresh(key);
    return entry ? this.#had(entry) : this.#options.parent?.peek(key);
  }

  /** Serves the key. Requests at the same time share one upstream fetch. Never rejects, because upstream does not. */
  get(key: string): Promise<Answer> {
    const entry = this.fresh(key);
    if (entry) return Promise.resolve(this.#had(entry));
    // At CloudFront, a request that waited for another one's fetch gets a Hit.
    const underWay = this.#flights.get(key);
    if (underWay) return underWay.then((answer) => this.#had(answer.entry));

    const known = this.#cache.last(key);
    const flight = this.#options.upstream(key, known).then((answer) => {
      // An invalidation removes the flight, too: an answer that was asked for before it is delivered, but not kept.
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
        this.#cache.put(key, answer.entry);
      }
      return { ...answer, refreshed: answer.refreshed || known?.body === answer.entry.body };
    });
    this.#flights.set(key, flight);
    return flight;
  }

  invalidate(matches: (key: string) => boolean): number {
    for (const key of [...this.#flights.keys()].filter(matches)) this.#flights.delete(key);
    return this.#cache.invalidate(matches);
  }

  #had(entry: Entry): Answer {
    return { entry, layer: this.#options.layer, refreshed: false };
  }
}
