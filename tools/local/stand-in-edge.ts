import { writeFileSync } from "node:fs";
import { type Edge, edgeEnvironment, startEdge } from "../edge/edge.ts";
import type { EdgeOptions } from "../edge/edge-options.ts";
import type { CloudFrontAccount } from "../memory-aws/cloudfront-account.ts";
import { accountOf, type DistributionKind } from "../memory-aws/distribution-kinds.ts";
import { edgeDistributions } from "../memory-aws/edge-of-account.ts";
import { MemoryCloudFront } from "../memory-aws/memory-cloudfront.ts";
import { RUN } from "./paths.ts";
import { freePort } from "./ports.ts";

const ID = "E1PREWARMLOCAL";
const DOMAIN = "d111111abcdef8.cloudfront.net";

/** Ports and CA file of the edge. They are chosen before it starts: the emulator, which starts first, needs them. */
export interface EdgePlace {
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly dnsPort: number;
  readonly caFile: string;
}

export async function reserveEdge(): Promise<EdgePlace> {
  return {
    httpsPort: await freePort(),
    httpPort: await freePort(),
    dnsPort: await freePort(),
    caFile: `${RUN}edge-ca.pem`,
  };
}

/** What the Lambdas and agents need in their environment to find the edge. */
export function environmentOf({ dnsPort, caFile, ...ports }: EdgePlace): NodeJS.ProcessEnv {
  return edgeEnvironment({ ...ports, dnsServer: `127.0.0.1:${dnsPort}` }, caFile);
}

export type StandInOptions = Omit<
  EdgeOptions,
  "distributions" | "httpsPort" | "httpPort" | "dnsPort" | "firstAddress" | "now"
> & {
  /** Alternate names of the distribution. */
  readonly aliases: readonly string[];
  /** The kind of it, or all that the account has instead. @default standard */
  readonly distribution?: DistributionKind | CloudFrontAccount | undefined;
  /** How long an invalidation is in progress, in milliseconds. @default 0 */
  readonly invalidationMs?: number;
};

export interface StandIn {
  readonly edge: Edge;
  /** The distribution's `*.cloudfront.net` domain. */
  readonly domain: string;
  readonly distributionId: string;
  close(): Promise<void>;
}

/**
 * CloudFront's API for the account whose distribution the edge serves.
 *
 * @param options of the edge; undefined: the account has no distribution
 * @param edge where invalidations are carried out, once it has started
 */
export function standInCloudFront(options: StandInOptions | undefined, edge: () => Edge | undefined): MemoryCloudFront {
  return new MemoryCloudFront({
    ...(options === undefined ? { distributions: [] } : accountFor(options)),
    invalidationMs: options?.invalidationMs ?? 0,
    invalidate: (host, items) => void edge()?.invalidate(items, host),
  });
}

/** Starts an edge that serves the account's distribution. */
export async function startStandIn(place: EdgePlace, options: StandInOptions): Promise<StandIn> {
  const { aliases: _, distribution: __, invalidationMs: ___, ...edgeOptions } = options;
  const { httpsPort, httpPort, dnsPort, caFile } = place;
  const distributions = edgeDistributions(accountFor(options));
  const edge = await startEdge({ ...edgeOptions, distributions, httpsPort, httpPort, dnsPort });
  writeFileSync(caFile, edge.caPem);
  return { edge, domain: DOMAIN, distributionId: ID, close: edge.close };
}

function accountFor({ aliases, distribution = "standard" }: StandInOptions): CloudFrontAccount {
  return typeof distribution === "string" ? accountOf(distribution, { id: ID, domain: DOMAIN, aliases }) : distribution;
}
