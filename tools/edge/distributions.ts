import type { Behaviour } from "./behaviour.ts";
import type { OriginSettings } from "./origin.ts";

export interface Distribution {
  /** `d111111abcdef8.cloudfront.net` */
  readonly domain: string;
  /** Alternate domain names; the first label may be `*`, which stands for one label or several. */
  readonly aliases?: readonly string[];
  /** They come before those of the edge. */
  readonly behaviours?: readonly Behaviour[];
  /** @default what the edge says of all origins */
  readonly origin?: OriginSettings;
}

const REMEMBERED = 1_000;

/** The distributions that the edge serves, by their domains and aliases. */
export class Distributions {
  readonly #domainOf = new Map<string, string>();
  readonly #labels = new Set<string>();
  /** What was asked for lately. Names are asked for at every request, and finding one takes a while. */
  readonly #found = new Map<string, string | undefined>();

  /** @param labels which labels lead to POPs. @default own */
  constructor(
    distributions: readonly Distribution[],
    private readonly labels: "own" | "any" = "own",
  ) {
    for (const { domain, aliases = [] } of distributions) {
      const canonical = domain.toLowerCase();
      this.#labels.add(canonical.split(".", 1)[0] ?? "");
      for (const name of [domain, ...aliases]) this.#domainOf.set(name.toLowerCase(), canonical);
    }
  }

  /** The domain of the distribution that `host` names: its domain or an alias, in any case, with or without a port. */
  domainOf(host: string): string | undefined {
    if (this.#found.has(host)) return this.#found.get(host);
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    const domain = this.#find(host);
    this.#found.set(host, domain);
    return domain;
  }

  #find(host: string): string | undefined {
    const name = host.toLowerCase().replace(/:\d+$/, "");
    const labels = name.split(".");
    // The longest name that covers it: the exact one, then `*` in place of ever more labels.
    const covering = [name, ...labels.slice(1).map((_, i) => ["*", ...labels.slice(i + 1)].join("."))];
    const known = covering.find((it) => this.#domainOf.has(it));
    return known === undefined ? undefined : this.#domainOf.get(known);
  }

  /** Whether `label` leads to POPs where it stands before a POP's name: as the first label of a distribution's domain does. */
  hasLabel(label: string): boolean {
    return this.labels === "any" || this.#labels.has(label.toLowerCase());
  }

  /** Every domain and alias, for the certificate. */
  names(): string[] {
    return [...this.#domainOf.keys()];
  }
}
