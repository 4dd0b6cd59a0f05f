import {
  type CloudFrontClient,
  CloudFrontServiceException,
  CreateInvalidationCommand,
  CreateInvalidationForDistributionTenantCommand,
  GetInvalidationCommand,
  GetInvalidationForDistributionTenantCommand,
  paginateListDistributions,
} from "@aws-sdk/client-cloudfront";
import { memoizeFor } from "../domain/collections.ts";
import { type AwsErrorLog, errorFields, publicReason } from "../domain/log-fields.ts";
import type { InvalidationClient } from "../domain/plan/invalidate.ts";
import { type AccountDistribution, isTenantId, namesOf } from "../domain/request/distributions.ts";
import type { CreateInvalidationResult } from "../domain/request/invalidation.ts";
import { withTimeout } from "../domain/retry.ts";
import { DistributionTenants } from "./distribution-tenants.ts";

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

/** How long it is cached which names lead where: the checks of one call of the API ask for it several times. */
const CACHE_MS = 60_000;
/** A list that takes longer fails, so that no later call waits for it. */
const LIST_TIMEOUT_MS = 60_000;

interface DistributionsOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** Ids of distribution tenants whose domains are always known. @default none */
  readonly tenantIds?: readonly string[];
  /** Told what CloudFront refuses, which callers read without accounts and roles. @default nobody is */
  readonly logger?: AwsErrorLog;
}

/** CloudFront, as far as warming needs it. */
export class Distributions implements InvalidationClient {
  private readonly listed: (key: string) => Promise<AccountDistribution[]>;
  private readonly tenants: DistributionTenants;

  constructor(
    private readonly cloudFront: CloudFrontClient,
    private readonly options: DistributionsOptions = {},
  ) {
    const { now = Date.now, tenantIds: ids = [] } = options;
    const onDenied = (error: unknown) => this.log("Distribution tenants could not be looked up", error);
    this.listed = memoizeFor({ ms: CACHE_MS, now }, () => withTimeout(LIST_TIMEOUT_MS, this.list()));
    this.tenants = new DistributionTenants(cloudFront, { cacheMs: CACHE_MS, now, ids, onDenied });
  }

  /** All distributions of the account; with multi-tenant ones among them, also the tenants and connection groups that hosts lead to. */
  async listFor(hosts: readonly string[]): Promise<AccountDistribution[]> {
    const listed = await this.listed("").catch((error: unknown) => {
      this.log("Distributions could not be listed", error);
      throw error;
    });
    // Only a multi-tenant distribution has tenants.
    if (listed.every(({ unserved }) => unserved === undefined)) return listed;
    const names = new Set(listed.flatMap((it) => namesOf(it).map((name) => name.toLowerCase())));
    const { found, unlisted } = await this.tenants.ownersOf(hosts, (name) => names.has(name));
    return [...listed.map((it) => (it.unserved === undefined ? it : { ...it, unlisted })), ...found];
  }

  private async list(): Promise<AccountDistribution[]> {
    const all: AccountDistribution[] = [];
    for await (const page of paginateListDistributions({ client: this.cloudFront }, {})) {
      for (const { Id = "", DomainName = "", Aliases, ConnectionMode } of page.DistributionList?.Items ?? []) {
        const unserved = ConnectionMode === "tenant-only" ? "multi-tenant distribution" : undefined;
        all.push({ id: Id, domain: DomainName, aliases: Aliases?.Items ?? [], unserved });
      }
    }
    return all;
  }

  private log(message: string, error: unknown): void {
    this.options.logger?.warn(message, { error: errorFields(error) });
  }

  /**
   * Starts to invalidate paths, at most 3,000. The same `reference` with the same paths is the same invalidation, so a
   * step that runs twice starts it once.
   * @param id of a distribution, or of a distribution tenant
   */
  async invalidate(id: string, reference: string, paths: readonly string[]): Promise<CreateInvalidationResult> {
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
      if (isTemporary(error)) return { busy: publicReason(error) };
      if (!PERMANENT_ERRORS.has(error.name)) throw error;
      this.log("CloudFront refused an invalidation", error);
      return { refused: publicReason(error) };
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

/** Whether the same call may succeed later: CloudFront is overloaded, or has too much of this kind in progress. */
function isTemporary(error: unknown): boolean {
  // Not `$fault`: the SDK says "client" of every error that the API's model does not name.
  if (error instanceof CloudFrontServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500) return true;
  return error instanceof Error && TEMPORARY_ERRORS.has(error.name);
}
