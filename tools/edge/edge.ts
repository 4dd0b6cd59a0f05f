import { createCertificate } from "./certificate.ts";
import { Distributions } from "./distributions.ts";
import { startDnsServer } from "./dns-server.ts";
import type { EdgeOptions } from "./edge-options.ts";
import type { FaultHook } from "./faults.ts";
import { startOrigin } from "./origin.ts";
import { OriginClient } from "./origin-client.ts";
import { placePops } from "./place-pops.ts";
import { popHandler } from "./pop-handler.ts";
import { startPopServer } from "./pop-server.ts";
import { Site, type SiteObject } from "./site.ts";
import { type EdgeStats, edgeStats } from "./stats.ts";
import { wireTiers } from "./tiers.ts";

export interface Edge {
  readonly httpsPort: number;
  readonly httpPort: number;
  /** `127.0.0.1:port`, as PREWARM_DNS_SERVERS takes it. */
  readonly dnsServer: string;
  /** The authority that clients must trust; as a file it goes into NODE_EXTRA_CA_CERTS. */
  readonly caPem: string;
  /** `http://127.0.0.1:port`, the origin without any cache before it. */
  readonly originUrl: string;
  /** A POP's first address. Throws a RangeError for a POP that the edge does not have. */
  addressOf(pop: string): string;
  addressesOf(pop: string): readonly string[];
  /**
   * Removes paths from every tier; `/*` and a trailing `*` are wildcards, and a path includes its query string.
   *
   * @param domain a distribution's domain or alias; absent: all distributions
   * @returns how many entries were removed, in all tiers together
   */
  invalidate(paths: readonly string[], domain?: string): number;
  /** Puts an object on the origin. Under a path that exists it is a new upload with other bytes. */
  addObject(path: string, object: SiteObject): void;
  setFaults(hook: FaultHook | undefined): void;
  stats(): EdgeStats;
  /** Cuts every connection and closes every socket. */
  close(): Promise<void>;
}

/** Starts a stand-in CloudFront on loopback: an origin, two tiers of caches before it, and the DNS that finds them. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { now = Date.now, errorTtlMs = 10_000 } = options;
  const distributions = new Distributions(options.distributions);
  const site = new Site(options.site);
  const certificate = createCertificate(["*.cloudfront.net", "*.cloudfront.cn", ...distributions.names()]);
  let { faults } = options;

  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const origin = await startOrigin(site);
    closers.push(origin.close);
    const client = new OriginClient({ url: origin.url, errorTtlMs, now });
    closers.push(() => client.close());
    const tiers = wireTiers(new Map(options.pops.map(({ pop, rec }) => [pop, rec])), client, now);
    const placed = placePops(options, tiers.pops);
    const { popAt, popNamed, addressesOf } = placed;
    const server = await startPopServer({
      addresses: [...popAt.keys()],
      certificate,
      httpsPort: options.httpsPort,
      httpPort: options.httpPort,
      handler: (reset) =>
        popHandler({ popAt, popNamed, distributions, origin: client, now, faults: () => faults, reset }),
    });
    closers.push(server.close);
    const dns = await startDnsServer({ distributions, ...placed.resolvable }, options.dnsPort);
    closers.push(dns.close);

    return {
      httpsPort: server.httpsPort,
      httpPort: server.httpPort,
      dnsServer: dns.address,
      caPem: certificate.caPem,
      originUrl: origin.url,
      addressesOf,
      addressOf: (pop) => addressesOf(pop)[0] ?? "",
      invalidate: (paths, domain) => tiers.invalidate(paths, domain && (distributions.domainOf(domain) ?? domain)),
      addObject: (path, object) => site.add(path, object),
      setFaults: (hook) => {
        faults = hook;
      },
      stats: () => edgeStats(origin.counts(), popNamed, dns.queries()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
