import {
  type CloudFrontClient,
  CloudFrontServiceException,
  type ConnectionGroupSummary,
  CreateInvalidationCommand,
  CreateInvalidationForDistributionTenantCommand,
  type DistributionTenantSummary,
  GetInvalidationCommand,
  GetInvalidationForDistributionTenantCommand,
  paginateListConnectionGroups,
  paginateListDistributions,
  paginateListDistributionTenants,
} from "@aws-sdk/client-cloudfront";
import { memoizeFor } from "../domain/collections.ts";
import type { Invalidations } from "../domain/plan/invalidate.ts";
import { isTenantId, type OwnDistribution } from "../domain/request/distributions.ts";
import type { Invalidation } from "../domain/request/invalidation.ts";

/** Temporary errors, besides those of the service itself: the same call may succeed later. */
const TEMPORARY_ERRORS = new Set(["TooManyInvalidationsInProgress", "Throttling", "ThrottlingException"]);

/**
 * Permanent errors: the same call fails again.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html#API_CreateInvalidation_Errors
 */
const PERMANENT_ERRORS = new Set([
  "InvalidArgument",
  "BatchTooLarge",
  "NoSuchDistribution",
  // There is no such distribution tenant.
  "EntityNotFound",
  "AccessDenied",
  // The reference was sent before with other paths: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
  "InvalidationBatchAlreadyExists",
]);

/**
 * The default quota of an account. An account that has more has pages of a hundred that nobody waits for.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const MAX_TENANTS = 10_000;

const LIST_TENANTS = "it takes cloudfront:ListDistributionTenants and cloudfront:ListConnectionGroups";

/** How long a list is kept: the checks of one call of the API ask for it several times. */
const LIST_KEPT_MS = 5_000;

/** CloudFront, as far as warming needs it. */
export class Distributions implements Invalidations {
  private readonly listed: (key: string) => Promise<OwnDistribution[]>;

  /** @param now milliseconds since the epoch */
  constructor(
    private readonly cloudFront: CloudFrontClient,
    now: () => number = Date.now,
  ) {
    this.listed = memoizeFor({ ms: LIST_KEPT_MS, now }, () => this.list());
  }

  /** All distributions of the account; with multi-tenant ones among them, also its tenants and connection groups. */
  own(): Promise<OwnDistribution[]> {
    return this.listed("");
  }

  private async list(): Promise<OwnDistribution[]> {
    const standard: OwnDistribution[] = [];
    const multiTenant: OwnDistribution[] = [];
    for await (const page of paginateListDistributions({ client: this.cloudFront }, {})) {
      for (const item of page.DistributionList?.Items ?? []) {
        const own = { id: item.Id ?? "", domain: item.DomainName ?? "", aliases: item.Aliases?.Items ?? [] };
        if (item.ConnectionMode === "tenant-only") multiTenant.push({ ...own, unserved: "multi-tenant distribution" });
        else standard.push(own);
      }
    }
    // Only a multi-tenant distribution has tenants.
    return multiTenant.length === 0 ? standard : [...standard, ...(await this.withTenants(multiTenant))];
  }

  /** Multi-tenant distributions, their tenants, and the connection groups. Who may not list tenants gets the distributions alone. */
  private async withTenants(multiTenant: readonly OwnDistribution[]): Promise<OwnDistribution[]> {
    try {
      const [tenants, groups] = await Promise.all([this.listTenants(), this.listConnectionGroups()]);
      const unlisted = tenants.length >= MAX_TENANTS ? `no more than ${MAX_TENANTS} are listed` : undefined;
      return [...multiTenant.map((it) => ({ ...it, unlisted })), ...ownTenants(tenants, groups)];
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AccessDenied") throw error;
      const unlisted = `${error.name}: ${error.message}; ${LIST_TENANTS}`;
      return multiTenant.map((it) => ({ ...it, unlisted }));
    }
  }

  private async listTenants(): Promise<DistributionTenantSummary[]> {
    const tenants: DistributionTenantSummary[] = [];
    for await (const { DistributionTenantList } of paginateListDistributionTenants({ client: this.cloudFront }, {})) {
      tenants.push(...(DistributionTenantList ?? []));
      if (tenants.length >= MAX_TENANTS) break;
    }
    return tenants;
  }

  private async listConnectionGroups(): Promise<ConnectionGroupSummary[]> {
    const groups: ConnectionGroupSummary[] = [];
    for await (const { ConnectionGroups } of paginateListConnectionGroups({ client: this.cloudFront }, {}))
      groups.push(...(ConnectionGroups ?? []));
    return groups;
  }

  /**
   * Starts to invalidate paths, at most 3,000. The same `reference` with the same paths is the same invalidation, so a
   * step that runs twice starts it once.
   * @param id of a distribution, or of a distribution tenant
   */
  async invalidate(id: string, reference: string, paths: readonly string[]): Promise<Invalidation> {
    const InvalidationBatch = {
      CallerReference: reference,
      Paths: { Quantity: paths.length, Items: [...paths] },
    };
    const { cloudFront } = this;
    try {
      const answer = isTenantId(id)
        ? await cloudFront.send(new CreateInvalidationForDistributionTenantCommand({ Id: id, InvalidationBatch }))
        : await cloudFront.send(new CreateInvalidationCommand({ DistributionId: id, InvalidationBatch }));
      if (answer.Invalidation?.Id !== undefined) return { id: answer.Invalidation.Id };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const why = `${error.name}: ${error.message}`;
      if (isTemporary(error)) return { busy: why };
      if (PERMANENT_ERRORS.has(error.name)) return { refused: why };
      throw error;
    }
    throw new Error(`CloudFront returned no id for an invalidation of ${id}`);
  }

  /** Whether it is known to be complete. @param distributionId or the id of a distribution tenant */
  async isInvalidated(distributionId: string, id: string): Promise<boolean> {
    const { cloudFront } = this;
    const asked = isTenantId(distributionId)
      ? cloudFront.send(
          new GetInvalidationForDistributionTenantCommand({ DistributionTenantId: distributionId, Id: id }),
        )
      : cloudFront.send(new GetInvalidationCommand({ DistributionId: distributionId, Id: id }));
    const answer = await asked.catch((error: unknown) => {
      if (!isTemporary(error)) throw error;
    });
    return answer?.Invalidation?.Status === "Completed";
  }
}

/** The tenants, each with the routing endpoint of its connection group, and the groups. */
function ownTenants(
  tenants: readonly DistributionTenantSummary[],
  groups: readonly ConnectionGroupSummary[],
): OwnDistribution[] {
  const byId = new Map(groups.map((group) => [group.Id, group]));
  const byDefault = groups.find(({ IsDefault }) => IsDefault);
  return [
    ...groups.map(
      ({ Id = "", RoutingEndpoint = "" }): OwnDistribution => ({
        id: Id,
        domain: RoutingEndpoint,
        aliases: [],
        unserved: "connection group",
      }),
    ),
    ...tenants.flatMap(({ Id, DistributionId = "", Domains = [], ConnectionGroupId, Enabled }): OwnDistribution[] => {
      const group = ConnectionGroupId === undefined ? byDefault : byId.get(ConnectionGroupId);
      if (group?.RoutingEndpoint === undefined) return [];
      const isDisabled = Enabled === false || group.Enabled === false;
      return [
        {
          id: DistributionId,
          tenant: Id,
          domain: group.RoutingEndpoint,
          aliases: Domains.flatMap(({ Domain }) => Domain ?? []),
          unserved: isDisabled ? "disabled tenant" : undefined,
        },
      ];
    }),
  ];
}

/** Whether the same call may succeed later: CloudFront is overloaded, or has too much of this kind in progress. */
function isTemporary(error: unknown): boolean {
  // Not `$fault`: the SDK says "client" of every error that the API's model does not name.
  if (error instanceof CloudFrontServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500) return true;
  return error instanceof Error && TEMPORARY_ERRORS.has(error.name);
}
