import { isIP } from "node:net";
import {
  type CloudFrontClient,
  type ConnectionGroup,
  type DistributionTenant,
  GetConnectionGroupByRoutingEndpointCommand,
  GetConnectionGroupCommand,
  GetDistributionTenantByDomainCommand,
  GetDistributionTenantCommand,
} from "@aws-sdk/client-cloudfront";
import pMap from "p-map";
import { memoizeFor } from "../domain/collections.ts";
import { isAccessDenied, publicReason } from "../domain/log-fields.ts";
import { type AccountDistribution, cloudFrontLabel, namesCovering, namesOf } from "../domain/request/distributions.ts";
import { withTimeout } from "../domain/retry.ts";

/** Each is a call. A request without `cf_domain` has at most 20 hosts. */
export const MAX_TENANT_LOOKUPS = 200;
const CALLS_IN_PARALLEL = 10;
/** Of one call. One that takes longer fails, so that no later look-up waits for it. */
const TIMEOUT_MS = 5_000;

interface TenantsOptions {
  /** How long it is cached what a name leads to, in milliseconds. Not cached is what serves nothing, and may the next time. */
  readonly cacheMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ids of tenants that are always known, so that their domains take no call each. */
  readonly ids: readonly string[];
  readonly onDenied: (error: unknown) => void;
}

/** Distribution tenants and connection groups of the account, looked up by their names: an account may have thousands of them. */
export class DistributionTenants {
  private readonly byId: (id: string) => Promise<AccountDistribution | undefined>;
  private readonly byName: (name: string) => Promise<AccountDistribution | undefined>;
  private readonly group: (id: string) => Promise<ConnectionGroup | undefined>;

  constructor(
    cloudFront: CloudFrontClient,
    private readonly options: TenantsOptions,
  ) {
    const { cacheMs: ms, now } = options;
    const isCacheable = (found?: AccountDistribution) =>
      found?.unserved !== "disabled tenant" && found?.settings?.isDeployed !== false;
    this.group = memoizeFor({ ms, now, isCacheable: isGroupReady }, async (Identifier) => {
      const answer = await ifFound(cloudFront.send(new GetConnectionGroupCommand({ Identifier })));
      return answer?.ConnectionGroup;
    });
    this.byId = memoizeFor({ ms, now, isCacheable }, async (Identifier) => {
      const answer = await ifFound(cloudFront.send(new GetDistributionTenantCommand({ Identifier })));
      return this.tenantOf(answer?.DistributionTenant);
    });
    this.byName = memoizeFor({ ms, now, isCacheable }, async (name) => {
      if (cloudFrontLabel(name) !== undefined) {
        const command = new GetConnectionGroupByRoutingEndpointCommand({ RoutingEndpoint: name });
        const { ConnectionGroup: found } = (await ifFound(cloudFront.send(command))) ?? {};
        return found && { id: found.Id ?? "", domain: name, aliases: [], unserved: "connection group" };
      }
      const answer = await ifFound(cloudFront.send(new GetDistributionTenantByDomainCommand({ Domain: name })));
      return this.tenantOf(answer?.DistributionTenant);
    });
  }

  /**
   * The tenants and connection groups that hosts lead to. Each host is looked up under its own name, then under each wildcard that covers
   * it, until one is found.
   * @param isListed whether a name is that of another distribution of the account: then nothing less specific is looked up
   * @returns `unlisted`: why some may be missing
   */
  async ownersOf(
    hosts: readonly string[],
    isListed: (name: string) => boolean,
  ): Promise<{ readonly found: AccountDistribution[]; readonly unlisted: string | undefined }> {
    let unlisted: string | undefined;
    const ifAllowed = (answer: Promise<AccountDistribution | undefined>) =>
      answer.catch((error: unknown) => {
        if (!isAccessDenied(error)) throw error;
        if (unlisted === undefined) this.options.onDenied(error);
        unlisted ??= publicReason(error);
        return undefined;
      });
    const inParallel = { concurrency: CALLS_IN_PARALLEL };
    const known = await pMap(this.options.ids, (id) => ifAllowed(this.byId(id)), inParallel);
    const isKnown = new Set(
      known.flatMap((it) => (it === undefined ? [] : namesOf(it)).map((name) => name.toLowerCase())),
    );
    const asked = new Set<string>();
    const find = async (host: string) => {
      for (const name of namesCovering(host)) {
        if (isListed(name) || isKnown.has(name)) return undefined;
        // Nobody has *.com or *.cloudfront.net.
        if (/^\*\.([^.]+|cloudfront\.(net|cn))$/.test(name)) continue;
        if (asked.size >= MAX_TENANT_LOOKUPS) unlisted ??= `a request looks up at most ${MAX_TENANT_LOOKUPS} names`;
        if (unlisted !== undefined) return undefined;
        asked.add(name);
        const found = await ifAllowed(this.byName(name));
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const names = new Set(hosts.filter((host) => isIP(host.replace(/^\[|\]$/g, "")) === 0));
    const found = [...known, ...(await pMap(names, find, inParallel))].filter((it) => it !== undefined);
    return { found: [...new Map(found.map((it) => [it.tenant ?? it.id, it])).values()], unlisted };
  }

  /** A tenant under the routing endpoint of its connection group. */
  private async tenantOf(tenant: DistributionTenant | undefined): Promise<AccountDistribution | undefined> {
    const { Id, DistributionId = "", ConnectionGroupId, Domains = [], Customizations, Enabled, Status } = tenant ?? {};
    const group = ConnectionGroupId === undefined ? undefined : await this.group(ConnectionGroupId);
    if (group?.RoutingEndpoint === undefined) return undefined;
    const { Action, Arn } = Customizations?.WebAcl ?? {};
    return {
      id: DistributionId,
      tenant: Id,
      domain: group.RoutingEndpoint,
      aliases: Domains.flatMap(({ Domain }) => Domain ?? []),
      unserved: Enabled === false || group.Enabled === false ? "disabled tenant" : undefined,
      settings: {
        isDeployed: Status === "Deployed" && group.Status === "Deployed",
        hasAnycastIps: (group.AnycastIpListId ?? "") !== "",
        webAcl: Action === "disable" ? "disabled" : Arn,
      },
    };
  }
}

function isGroupReady(group?: ConnectionGroup): boolean {
  return group?.Enabled !== false && group?.Status === "Deployed";
}

/**
 * An answer; undefined: CloudFront has nothing of this name. It may refuse a name that no tenant could have, such as one without a dot.
 * @throws any other error
 */
async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await withTimeout(TIMEOUT_MS, answer);
  } catch (error) {
    if (error instanceof Error && /^(EntityNotFound|InvalidArgument)$/.test(error.name)) return undefined;
    throw error;
  }
}
