export interface Distribution {
  /** `d111111abcdef8.cloudfront.net` */
  readonly domain: string;
  /** Alternate domain names; the first label may be `*`. */
  readonly aliases?: readonly string[];
}

/** The distributions that the edge serves, by their domains and aliases. */
export class Distributions {
  readonly #domainOf = new Map<string, string>();
  readonly #labels = new Set<string>();

  constructor(distributions: readonly Distribution[]) {
    for (const { domain, aliases = [] } of distributions) {
      const canonical = domain.toLowerCase();
      this.#labels.add(canonical.split(".", 1)[0] ?? "");
      for (const name of [domain, ...aliases]) this.#domainOf.set(name.toLowerCase(), canonical);
    }
  }

  /** The domain of the distribution that `host` names: its domain or an alias, in any case, with or without a port. */
  domainOf(host: string): string | undefined {
    const name = host.toLowerCase().replace(/:\d+$/, "");
    return this.#domainOf.get(name) ?? this.#domainOf.get(name.replace(/^[^.]+/, "*"));
  }

  /** Whether `label` is the first label of a distribution's domain, as it stands before a POP's name. */
  hasLabel(label: string): boolean {
    return this.#labels.has(label.toLowerCase());
  }

  /** Every domain and alias, for the certificate. */
  names(): string[] {
    return [...this.#domainOf.keys()];
  }
}
