export interface Distribution {
  /** `d111111abcdef8.cloudfront.net` */
  readonly domain: string;
  /** Alternate domain names; the first label may be `*`, which stands for one label or several. */
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
    const labels = name.split(".");
    // The longest name that covers it: the exact one, then `*` in place of ever more labels.
    const covering = [name, ...labels.slice(1).map((_, i) => ["*", ...labels.slice(i + 1)].join("."))];
    const known = covering.find((it) => this.#domainOf.has(it));
    return known === undefined ? undefined : this.#domainOf.get(known);
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
