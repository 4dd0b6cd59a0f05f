import { Admission } from "./admission.ts";
import type { Encoding, Policy } from "./behaviour.ts";
import { type Asked, plainly, targetOf } from "./cache-key.ts";
import type { Invalidated } from "./invalidation.ts";
import { type Answer, asKept, type Entry, type Forwarded, type Layer, type Reply } from "./reply.ts";

/** Asks the next layer. Must not reject. `known`: the entry that has expired here. */
export type Upstream = (asked: Asked, known: Entry | undefined) => Promise<Answer>;

interface TierOptions {
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
  readonly #admission = new Admission();
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
    if (underWay) return underWay.then((answer) => this.#shared(answer, asked));

    const known = this.#cache.last(key);
    return this.#flights.start(key, this.#options.upstream(asked, known), (answer, valid) => {
      const { entry } = answer;
      const all = { ...answer, refreshed: answer.refreshed || known?.body === entry.body };
      // An answer that was asked for before an invalidation is delivered, but not kept.
      if (!valid || !this.#keeps(asked, entry)) return all;
      // An object that has expired here was admitted before.
      if (known === undefined && this.#admitsLater(asked)) return { ...all, forwarded: this.#forwarded(key, entry) };
      this.#cache.put(key, asKept(entry));
      return all;
    });
  }

  /** Notes a HEAD or a range of what this tier does not have. It may count for an admission. */
  passedOn(asked: Asked, { status, headers }: Reply): Forwarded | undefined {
    if (!this.#admitsLater(asked)) return undefined;
    const whole = { status: status === 206 ? 200 : status, headers };
    return this.#admission.open({ key: asked.key, reply: whole, collapsed: false });
  }

  /** Ends a request whose answer was sent: the object may be admitted, and may be lost. */
  sent({ key, policy }: Asked, forwarded: Forwarded | undefined, how: Parameters<Admission["close"]>[2]): void {
    const admitted = forwarded && this.#admission.close(forwarded, policy, how);
    if (admitted) this.#cache.put(forwarded.key, admitted);
    if (policy.evict === undefined || how.method !== "GET") return;
    const isKept = this.#cache.last(key) !== undefined;
    if (this.#evictions.isDue(key, policy.evict, isKept)) this.#cache.drop(key);
  }

  invalidate(matches: Invalidated): number {
    this.#flights.invalidate(matches);
    this.#admission.invalidate(matches);
    return this.#cache.invalidate(matches);
  }

  /** The keys of a path that are fresh here, whatever their form. */
  keysOf(target: string): string[] {
    return this.#cache.keysOf(target, this.#options.now());
  }

  #keeps({ policy }: Asked, { neverKept = false }: Entry): boolean {
    return !neverKept && !(this.#options.layer === "pop" && policy.keptAt === "rec");
  }

  #admitsLater({ policy }: Asked): boolean {
    return this.#options.layer === "pop" && policy.admission === "second" && policy.keptAt === "pop";
  }

  #forwarded(key: string, entry: Entry, collapsed = false): Forwarded {
    return this.#admission.open({ key, reply: entry, entry: asKept(entry), collapsed });
  }

  #otherForm({ otherForms, accepts }: Asked): Entry | undefined {
    for (const key of otherForms) {
      const entry = this.fresh(key);
      if (entry && isAccepted(entry.form, accepts)) return entry;
    }
    return undefined;
  }

  /** What a request gets that waited. It may be told of this layer only if the object stays here. */
  #shared({ entry, forwarded }: Answer, asked: Asked): Answer {
    const { collapsing } = asked.policy;
    const stays = forwarded === undefined && this.#keeps(asked, entry);
    const noLayer = collapsing === "no-layer" || (collapsing === "layer" && !stays);
    const had = { ...this.#had(asKept(entry)), noLayer };
    return forwarded === undefined ? had : { ...had, forwarded: this.#forwarded(asked.key, entry, true) };
  }

  #had(entry: Entry): Answer {
    return { entry, layer: this.#options.layer, refreshed: false };
  }
}

function isAccepted(form: Entry["form"], accepts: readonly Encoding[]): boolean {
  return form === "identity" || (form !== undefined && accepts.includes(form));
}

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
  invalidate(matches: Invalidated): number {
    const gone = [...this.#entries].filter(([key, entry]) => matches(key, entry));
    for (const [key] of gone) this.#entries.delete(key);
    return gone.length;
  }

  /** The keys of a path, whatever its form, that are fresh. */
  keysOf(target: string, now: number): string[] {
    return [...this.#entries.keys()].filter((key) => targetOf(key) === target && this.fresh(key, now) !== undefined);
  }
}

interface Flight {
  readonly key: string;
  /** Those that came meanwhile. */
  readonly invalidations: Invalidated[];
}

/** The fetches of one tier that are under way. */
class Flights {
  readonly #latest = new Map<string, Promise<Answer>>();
  readonly #all = new Set<Flight>();

  /** The fetch of this key that may still be shared. */
  underWay(key: string): Promise<Answer> | undefined {
    return this.#latest.get(key);
  }

  /** @param landed is told whether the answer may still be kept; its result is what everybody who waits gets */
  start(key: string, fetch: Promise<Answer>, landed: (answer: Answer, valid: boolean) => Answer): Promise<Answer> {
    const flight: Flight = { key, invalidations: [] };
    const arrival = fetch.then((answer) => {
      this.#all.delete(flight);
      if (this.#latest.get(key) === arrival) this.#latest.delete(key);
      return landed(answer, !flight.invalidations.some((matches) => matches(key, answer.entry)));
    });
    this.#all.add(flight);
    this.#latest.set(key, arrival);
    return arrival;
  }

  invalidate(matches: Invalidated): void {
    for (const flight of this.#all) {
      flight.invalidations.push(matches);
      if (matches(flight.key)) this.#latest.delete(flight.key);
    }
  }
}

/** Counts the requests for each key of a cache, to lose an object after so many. */
export class Evictions {
  readonly #counts = new Map<string, { requests: number; evictions: number }>();

  /** Counts one request. @returns whether the object is lost now, which one that is not `kept` cannot be */
  isDue(key: string, { after, times = Number.POSITIVE_INFINITY }: NonNullable<Policy["evict"]>, kept = true): boolean {
    const counts = this.#counts.get(key) ?? { requests: 0, evictions: 0 };
    this.#counts.set(key, counts);
    counts.requests += 1;
    if (!kept || counts.requests < after || counts.evictions >= times) return false;
    counts.requests = 0;
    counts.evictions += 1;
    return true;
  }
}
