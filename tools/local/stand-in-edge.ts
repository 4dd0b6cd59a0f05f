import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CloudFrontClient,
  CreateDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from "@aws-sdk/client-cloudfront";
import { retry } from "../../domain/retry.ts";
import type { Distribution } from "../edge/distributions.ts";
import { type Edge, edgeEnvironment, startEdge } from "../edge/edge.ts";
import type { EdgeOptions } from "../edge/edge-options.ts";
import type { Aws } from "./emulator.ts";
import { RUN } from "./paths.ts";
import { freePort } from "./ports.ts";

/** How often invalidations are listed where the emulator's front does not report them. */
const POLL_MS = 50;
/** The emulator may be busy: an invalidation that is not carried out leaves old objects in the caches. */
const LISTING = { attempts: 5, firstMs: 100, passes: () => true };

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
  /** Further distributions, each with an origin of its own. @default none */
  readonly others?: readonly Omit<Distribution, "domain">[];
};

export interface StandIn {
  readonly edge: Edge;
  /** The distribution's `*.cloudfront.net` domain. */
  readonly domain: string;
  readonly distributionId: string;
  close(): Promise<void>;
}

/**
 * Makes a distribution in the emulated CloudFront, starts an edge that serves it, and carries out its invalidations
 * there.
 */
export async function startStandIn(
  { cloudFront, onInvalidation }: { readonly cloudFront: CloudFrontClient } & Pick<Aws, "onInvalidation">,
  place: EdgePlace,
  options: StandInOptions,
): Promise<StandIn> {
  const { aliases, others = [], ...edgeOptions } = options;
  const { domain, id: distributionId } = await createDistribution(cloudFront, aliases);
  const distributions: Distribution[] = [{ domain, aliases }];
  for (const other of others)
    distributions.push({ ...other, domain: (await createDistribution(cloudFront, other.aliases ?? [])).domain });
  const { httpsPort, httpPort, dnsPort } = place;
  const edge = await startEdge({ ...edgeOptions, distributions, httpsPort, httpPort, dnsPort });
  writeFileSync(place.caFile, edge.caPem);
  const look = invalidationsOf(cloudFront, distributionId, edge);
  const stopFollowing = onInvalidation === undefined ? poll(look) : async () => undefined;
  // The emulator may be busy, or may have ended already.
  onInvalidation?.(() => retry(look, LISTING).catch(() => undefined));
  return {
    edge,
    domain,
    distributionId,
    close: async () => {
      await stopFollowing();
      await edge.close();
    },
  };
}

async function createDistribution(cloudFront: CloudFrontClient, aliases: readonly string[]) {
  const { Distribution } = await cloudFront.send(
    new CreateDistributionCommand({ DistributionConfig: config(aliases) }),
  );
  const { Id: id = "", DomainName: domain = "" } = Distribution ?? {};
  return { id, domain };
}

/** @returns a function that carries out, at the edge, the invalidations that are new */
function invalidationsOf(cloudFront: CloudFrontClient, distributionId: string, edge: Edge): () => Promise<void> {
  const done = new Set<string>();
  return async () => {
    const { InvalidationList } = await cloudFront.send(
      new ListInvalidationsCommand({ DistributionId: distributionId }),
    );
    for (const { Id = "" } of InvalidationList?.Items ?? []) {
      if (done.has(Id)) continue;
      const { Invalidation } = await cloudFront.send(
        new GetInvalidationCommand({ DistributionId: distributionId, Id }),
      );
      // First: paths that the edge refuses, as CloudFront does, must not stand in the way of later ones.
      done.add(Id);
      edge.invalidate(Invalidation?.InvalidationBatch?.Paths?.Items ?? []);
    }
  };
}

/** Calls `look` again and again. @returns what ends it */
function poll(look: () => Promise<void>): () => Promise<void> {
  let closing = false;
  const follow = async () => {
    while (!closing) {
      // The emulator may be busy, or may have ended already.
      await look().catch(() => undefined);
      await sleep(POLL_MS);
    }
  };
  const following = follow();
  return async () => {
    closing = true;
    await following;
  };
}

function config(aliases: readonly string[]) {
  return {
    CallerReference: `prewarm-local-${process.pid}-${aliases.join()}`,
    Comment: "the stand-in edge",
    Enabled: true,
    Aliases: { Quantity: aliases.length, Items: [...aliases] },
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: "origin",
          DomainName: "origin.example.com",
          CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "http-only" as const },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: "origin",
      ViewerProtocolPolicy: "allow-all" as const,
      // CachingOptimized, one of CloudFront's own policies.
      CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
  };
}
