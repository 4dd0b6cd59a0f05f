import type { IncomingHttpHeaders } from "node:http";
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
  /** Of a distribution tenant: the name of its connection group, which leads to POPs in place of `domain`. @default domain */
  readonly routingEndpoint?: string;
  /** Connections without a client's certificate are refused, which are all. @default no certificate is asked for */
  readonly viewerMtls?: "required";
  /** What gets a part of the requests instead. Its own domain is served to nobody. @default none */
  readonly staging?: Staging;
  /** The header of the origin's answers that has an object's tags, for invalidations. @default objects have none */
  readonly tagHeader?: string;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html */
interface Staging {
  readonly distribution: Distribution;
  /** A share from 0 to 0.15, or the requests with a header. */
  readonly traffic: { readonly weight: number } | { readonly header: string; readonly value: string };
}

const REMEMBERED = 1_000;

/** Those that are given and their staging distributions. */
export function withStaging(distributions: readonly Distribution[]): Distribution[] {
  return distributions.flatMap((one) => (one.staging === undefined ? [one] : [one, one.staging.distribution]));
}

/** The distributions that the edge serves, by their domains and aliases. */
export class Distributions {
  readonly #domainOf = new Map<string, string>();
  readonly #byDomain = new Map<string, Distribution>();
  /** Per primary distribution: the part of a request that staging is behind with. */
  readonly #owed = new Map<string, number>();
  readonly #labels = new Set<string>();
  /** What was asked for lately. Names are asked for at every request, and finding one takes a while. */
  readonly #found = new Map<string, string | undefined>();

  /** @param labels which labels lead to POPs. @default own */
  constructor(
    distributions: readonly Distribution[],
    private readonly labels: "own" | "any" = "own",
  ) {
    for (const one of distributions) {
      const { domain, aliases = [], routingEndpoint = domain } = one;
      const canonical = domain.toLowerCase();
      this.#labels.add(routingEndpoint.toLowerCase().split(".", 1)[0] ?? "");
      this.#byDomain.set(canonical, one);
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

  /** The domain of the distribution that answers a request for `domain`: its staging distribution's or its own. */
  routed(domain: string, headers: IncomingHttpHeaders): string {
    const staging = this.#byDomain.get(domain)?.staging;
    if (staging === undefined) return domain;
    const { distribution, traffic } = staging;
    if ("header" in traffic)
      return headers[traffic.header.toLowerCase()] === traffic.value ? distribution.domain.toLowerCase() : domain;
    const owed = (this.#owed.get(domain) ?? 0) + traffic.weight;
    const isDue = owed >= 1 - 1e-9;
    this.#owed.set(domain, isDue ? owed - 1 : owed);
    return isDue ? distribution.domain.toLowerCase() : domain;
  }

  /** Whether `host` asks for a certificate, which no client of this edge has. */
  asksForCertificate(host: string): boolean {
    return this.#byDomain.get(this.domainOf(host) ?? "")?.viewerMtls === "required";
  }

  /** The name of CloudFront's that the DNS has for a domain or an alias, and for itself; undefined: it has none. */
  endpointOf(name: string): string | undefined {
    const isEndpoint = [...this.#byDomain.values()].some(
      ({ routingEndpoint }) => routingEndpoint === name.toLowerCase(),
    );
    const domain = this.domainOf(name);
    if (isEndpoint || domain === undefined) return isEndpoint ? name.toLowerCase() : undefined;
    return this.#byDomain.get(domain)?.routingEndpoint ?? domain;
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
