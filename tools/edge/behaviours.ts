import { type Behaviour, type Policy, policyOf } from "./behaviour.ts";
import { pathOf, pathPattern } from "./path-pattern.ts";

interface Ready {
  readonly path: RegExp;
  readonly pops: ReadonlySet<string> | undefined;
  readonly policy: Policy;
}

export interface DistributionBehaviours {
  readonly domain: string;
  readonly behaviours?: readonly Behaviour[];
}

/** Finds the policy of a request: the first behaviour that fits, those of the distribution before those of all. */
export class Behaviours {
  readonly #errorTtlMs: number;
  readonly #ofDomain: ReadonlyMap<string, readonly Ready[]>;
  readonly #default: Policy;
  #ofAll: readonly Ready[] = [];

  constructor(distributions: readonly DistributionBehaviours[], ofAll: readonly Behaviour[], errorTtlMs: number) {
    this.#errorTtlMs = errorTtlMs;
    this.#default = policyOf({}, errorTtlMs);
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
      policy: policyOf(behaviour, this.#errorTtlMs),
    }));
  }
}
