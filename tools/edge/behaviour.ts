export interface TtlSeconds {
  readonly min: number;
  /** For answers without Cache-Control and Expires. */
  readonly default: number;
  readonly max: number;
}

/** All, none, or those of these names. */
export type InKey = "all" | "none" | readonly string[];

/** How the edge treats what is asked for: a cache policy, a response headers policy, and what real edges do besides. */
export interface Policy {
  /**
   * The share of the answers that carry Server-Timing, in per cent. Below 100, a request with `Pragma: server-timing`
   * gets it all the same; `off` never sends it.
   * @default 100
   */
  readonly serverTiming: "off" | number;
  /**
   * A `min` above 0 overrules `no-store`, `private`, `no-cache` and `max-age=0`.
   * @default 0, a day, no limit
   */
  readonly ttl: TtlSeconds;
  /**
   * How long an error of the origin is cached, in milliseconds.
   * @default 10000
   */
  readonly errorTtlMs: number;
  /**
   * The same for single statuses.
   * @default none
   */
  readonly errorTtlsMs: Readonly<Record<number, number>>;
  /**
   * The region of the Origin Shield: RECs, and POPs that pass their REC by, ask this one cache instead of the origin.
   * @default none
   */
  readonly originShield: string | undefined;
  /**
   * Whether a request needs a signature in its query or its cookies. What is not signed is a 403; signatures are not checked.
   * @default false
   */
  readonly signed: boolean;
  /**
   * Query strings that are part of the cache key and go to the origin, by their names.
   * @default all
   */
  readonly queryStrings: InKey;
  /**
   * The same of cookies.
   * @default none
   */
  readonly cookies: InKey;
  /**
   * Request headers that are part of the cache key and go to the origin, in lower case.
   * @default none
   */
  readonly keyHeaders: readonly string[];
  /**
   * What of Accept-Encoding is part of the cache key, normalised, and goes to the origin.
   * @default both
   */
  readonly encodings: readonly Encoding[];
  /**
   * Whether the edge compresses what the origin did not. `busy`: it would, but skips it. Needs `encodings`.
   * @default true
   */
  readonly compress: boolean | "busy";
  /**
   * A range of what is not cached: `passed` to the origin, or asked of it and `kept` as a fragment.
   * @default passed
   */
  readonly ranges: "passed" | "kept";
  /**
   * A HEAD of what is not cached: `passed` to the origin, or the whole object is fetched and `kept`.
   * @default passed
   */
  readonly heads: "passed" | "kept";
  /**
   * Equal requests at the same time share one fetch. All but the first read a hit of the tier where they waited. Their
   * Server-Timing names that layer only if the object stays there, with `no-layer` never, and with `false-layer` always. `off`: each one
   * fetches.
   * @default layer
   */
  readonly collapsing: "layer" | "no-layer" | "false-layer" | "off";
  /**
   * `Age` of a hit: since when it is `kept`, on top of an `Age` that the origin sent; `none` at all; or always this one.
   * @default kept
   */
  readonly age: "kept" | "none" | number;
  /**
   * `rec`: POPs keep nothing.
   * @default pop
   */
  readonly keptAt: "pop" | "rec";
  /**
   * `passed`: the POP asks the origin itself, as for dynamic content. So it is where nothing may be cached.
   * @default asked
   */
  readonly rec: "asked" | "passed";
  /**
   * The request at which a POP's cache stores an object, of those that it forwards: the live edge does so at the `second`.
   * RECs and the Origin Shield store at the first.
   * @default second
   */
  readonly admission: "first" | "second";
  /**
   * The requests that count for an admission at the second, besides GETs of whole objects that are sent to their end. It is
   * unknown which do at the live edge. A HEAD or a range counts, and only a fetch of the whole object is stored.
   * @default none
   */
  readonly admits: Admits;
  /**
   * A function at the edge answers by itself, with 200; neither a cache nor the origin is asked.
   * @default none does
   */
  readonly generated?: "function" | "lambda";
  /**
   * The status of custom error responses: an error has this one instead of its own.
   * @default errors keep their status
   */
  readonly errorPage?: { readonly status: number };
  /** A POP's cache loses an object that it has when it was asked `after` times for it, `times` times in all (default: always). */
  readonly evict?: { readonly after: number; readonly times?: number };
}

interface Admits {
  readonly ranges?: boolean;
  readonly heads?: boolean;
  /** GETs whose client leaves, or whose connection breaks, before the last 256 KiB of the body are sent. */
  readonly aborted?: boolean;
  /** GETs that waited for another one's fetch. */
  readonly collapsed?: boolean;
}

/** A policy for some of the paths. */
export interface Behaviour extends Partial<Policy> {
  /**
   * A path pattern as CloudFront's: `*` is any characters, `?` is one. It begins with a slash, or with `*`.
   * @default *
   */
  readonly path?: string;
  /**
   * The POPs where it holds. CloudFront has nothing like it.
   * @default all
   */
  readonly pops?: readonly string[];
}

/** CloudFront's managed policy of that name. */
export const CACHING_DISABLED: Pick<Policy, "ttl"> = { ttl: { min: 0, default: 0, max: 0 } };

const DEFAULT: Policy = {
  errorTtlMs: 10_000,
  serverTiming: 100,
  ttl: { min: 0, default: 86_400, max: Number.POSITIVE_INFINITY },
  errorTtlsMs: {},
  originShield: undefined,
  signed: false,
  queryStrings: "all",
  cookies: "none",
  keyHeaders: [],
  encodings: ["br", "gzip"],
  compress: true,
  ranges: "passed",
  heads: "passed",
  collapsing: "layer",
  age: "kept",
  keptAt: "pop",
  rec: "asked",
  admission: "second",
  admits: {},
};

/** @param defaults for what a behaviour does not state */
export function policyOf(behaviour: Behaviour = {}, defaults: Partial<Policy> = {}): Policy {
  const { path: _path, pops: _pops, ...stated } = behaviour;
  const policy = { ...DEFAULT, ...defaults, ...stated };
  return policy.ttl.max === 0 ? { ...policy, rec: "passed" } : policy;
}

interface Ready {
  readonly path: RegExp;
  readonly pops: ReadonlySet<string> | undefined;
  readonly policy: Policy;
}

interface DistributionBehaviours {
  readonly domain: string;
  readonly behaviours?: readonly Behaviour[];
}

/** Finds the policy of a request: the first behaviour that fits, those of the distribution before those of all. */
export class Behaviours {
  readonly #defaults: Partial<Policy>;
  readonly #ofDomain: ReadonlyMap<string, readonly Ready[]>;
  readonly #default: Policy;
  #ofAll: readonly Ready[] = [];

  constructor(
    distributions: readonly DistributionBehaviours[],
    ofAll: readonly Behaviour[],
    defaults: Partial<Policy>,
  ) {
    this.#defaults = defaults;
    this.#default = policyOf({}, defaults);
    this.#ofDomain = new Map(
      distributions.flatMap(({ domain, behaviours = [] }) =>
        behaviours.length === 0 ? [] : [[domain.toLowerCase(), this.#ready(behaviours)]],
      ),
    );
    this.set(ofAll);
  }

  /** Replaces the behaviours of all distributions. What is cached stays. */
  set(ofAll: readonly Behaviour[]): void {
    this.#ofAll = this.#ready(ofAll);
  }

  /** @param target the path with its query string */
  policyFor(domain: string | undefined, pop: string, target: string): Policy {
    const own = domain === undefined ? undefined : this.#ofDomain.get(domain);
    if (own === undefined && this.#ofAll.length === 0) return this.#default;
    const path = pathOf(target);
    const fits = (ready: Ready) => (ready.pops?.has(pop) ?? true) && ready.path.test(path);
    return (own?.find(fits) ?? this.#ofAll.find(fits))?.policy ?? this.#default;
  }

  #ready(behaviours: readonly Behaviour[]): Ready[] {
    return behaviours.map((behaviour) => ({
      path: pathPattern(behaviour.path ?? "*"),
      pops: behaviour.pops && new Set(behaviour.pops),
      policy: policyOf(behaviour, this.#defaults),
    }));
  }
}

/** A path pattern of CloudFront's behaviours: `*` stands for any characters, `?` for one. It is held against the path without its query. */
export function pathPattern(path: string): RegExp {
  const source = path
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

/** @param target a path with its query string */
export function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? target;
}

export type Encoding = "br" | "gzip";

/**
 * The encodings of Accept-Encoding that count, `br` first; all others are dropped, as CloudFront does.
 *
 * @param enabled those that the cache policy has
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects
 */
export function acceptedEncodings(header: string | undefined, enabled: readonly Encoding[]): Encoding[] {
  const accepted = new Set((header ?? "").toLowerCase().split(",").filter(isWanted).map(nameOf));
  return BEST_FIRST.filter((encoding) => enabled.includes(encoding) && accepted.has(encoding));
}

/** What may stand in a cache key: `br,gzip`, `br`, `gzip`, or nothing. */
export function normalised(accepted: readonly Encoding[]): string {
  return accepted.join(",");
}

const BEST_FIRST = ["br", "gzip"] as const;

function nameOf(one: string): string {
  return one.split(";", 1)[0]?.trim() ?? "";
}

function isWanted(one: string): boolean {
  return !/;\s*q=0(\.0*)?\s*$/.test(one);
}
