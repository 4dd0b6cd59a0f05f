import { type Behaviour, Behaviours } from "./behaviour.ts";
import { createCertificate } from "./certificate.ts";
import { Distributions, withStaging } from "./distributions.ts";
import { startDnsServer } from "./dns.ts";
import { Sampling } from "./edge-headers.ts";
import type { EdgeOptions } from "./edge-options.ts";
import type { FaultHook } from "./faults.ts";
import { type OriginSettings, startOrigin } from "./origin.ts";
import { OriginClient } from "./origin-client.ts";
import type { OriginRequestSeen } from "./origin-log.ts";
import { placePops } from "./place-pops.ts";
import { popHandler } from "./pop-handler.ts";
import { PopLog, type PopRequestSeen } from "./pop-log.ts";
import { startPopServer } from "./pop-server.ts";
import { Site, type SiteObject } from "./site.ts";
import { type Holder, holdersOf, wireTiers } from "./tiers.ts";

/** What a process needs in its environment to find an edge of this machine. @param caFile a file of `caPem`; absent: it trusts the edge already */
export function edgeEnvironment(
  { dnsServer, httpsPort, httpPort }: Pick<Edge, "dnsServer" | "httpsPort" | "httpPort">,
  caFile?: string,
): Record<string, string> {
  return {
    // Addresses of loopback are refused otherwise.
    PREWARM_ALLOW_PRIVATE_ADDRESSES: "true",
    PREWARM_DNS_SERVERS: dnsServer,
    PREWARM_HTTPS_PORT: String(httpsPort),
    PREWARM_HTTP_PORT: String(httpPort),
    ...(caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: caFile }),
  };
}

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
   * Removes paths from every tier; `/*` and a trailing `*` are wildcards, and a path includes its query string. A `#tag` removes
   * what has it in the `tagHeader` of its distribution.
   *
   * @param domain a distribution's domain or alias; absent: all distributions
   * @returns how many entries were removed, in all tiers together
   */
  invalidate(paths: readonly string[], domain?: string): number;
  /** Puts an object on the origin. Under a path that exists it is a new upload with other bytes. */
  addObject(path: string, object: SiteObject): void;
  setFaults(hook: FaultHook | undefined): void;
  /** Replaces the edge's behaviours; those of distributions stay. What is cached stays, too. */
  setBehaviours(behaviours: readonly Behaviour[]): void;
  /** Replaces how the origins behave, where a distribution does not say it. */
  setOrigin(settings: OriginSettings): void;
  /** The caches that have a path, whole and fresh. */
  holders(path: string): Holder[];
  /** Every request that reached an origin, in the order of time. */
  originRequests(): readonly OriginRequestSeen[];
  /** Every request that a POP answered, if `logPops` is set. */
  popRequests(): readonly PopRequestSeen[];
  /** Cuts every connection and closes every socket. */
  close(): Promise<void>;
}

/** Starts a stand-in CloudFront on loopback: an origin, two tiers of caches before it, and the DNS that finds them. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { now = Date.now, admission = "second" } = options;
  const distributions = new Distributions(options.distributions, options.labels);
  const all = withStaging(options.distributions);
  const behaviours = new Behaviours(all, options.behaviours ?? [], { admission });
  const site = new Site(options.site);
  const certificate = await createCertificate(["*.cloudfront.net", "*.cloudfront.cn", ...distributions.names()]);
  const log = options.logPops ? new PopLog() : undefined;
  const origins = new Map(all.map((one) => [one.domain.toLowerCase(), one.origin]));
  const tagHeaders = new Map(all.map((one) => [one.domain.toLowerCase(), one.tagHeader]));
  let { faults, origin: settings = {} } = options;

  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const settingsOf = (domain = "") => origins.get(domain) ?? settings;
    const origin = await startOrigin({ site, settingsOf, now });
    closers.push(origin.close);
    const client = new OriginClient({ url: origin.url, now });
    closers.push(() => client.close());
    const tiers = wireTiers({
      pops: options.pops,
      origin: client,
      now,
      tagHeaderOf: (domain) => tagHeaders.get(domain),
    });
    const placed = placePops(options, tiers.pops);
    const { popAt, popNamed, addressesOf } = placed;
    const servers = [...popAt.values()];
    const context = { distributions, behaviours, sampling: new Sampling(), origin: client, log, now };
    const server = await startPopServer({
      addresses: [...popAt.keys()],
      certificate,
      httpsPort: options.httpsPort,
      httpPort: options.httpPort,
      refuses: options.distributions.some(({ viewerMtls }) => viewerMtls === "required")
        ? (name) => distributions.asksForCertificate(name)
        : undefined,
      handler: (reset) => popHandler({ ...context, popAt, popNamed, faults: () => faults, reset }),
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
      setBehaviours: (all) => behaviours.set(all),
      setOrigin: (all) => {
        settings = all;
      },
      holders: (path) => holdersOf(path, servers, tiers.recs),
      originRequests: () => origin.log(),
      popRequests: () => log?.requests ?? [],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
