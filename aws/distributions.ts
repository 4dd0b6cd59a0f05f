import {
  type CloudFrontClient,
  CreateInvalidationCommand,
  GetInvalidationCommand,
  paginateListDistributions,
} from "@aws-sdk/client-cloudfront";
import type { Invalidations } from "../domain/plan/invalidate.ts";
import type { OwnDistribution } from "../domain/request/distributions.ts";
import type { Invalidation } from "../domain/request/invalidation.ts";

/** Temporary errors: the same call may succeed later. */
const TEMPORARY_ERRORS = new Set(["TooManyInvalidationsInProgress", "Throttling", "ThrottlingException"]);

/**
 * Permanent errors: the same call fails again.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html#API_CreateInvalidation_Errors
 */
const PERMANENT_ERRORS = new Set(["InvalidArgument", "BatchTooLarge", "NoSuchDistribution", "AccessDenied"]);

/** CloudFront, as far as warming needs it. */
export class Distributions implements Invalidations {
  constructor(private readonly cloudFront: CloudFrontClient) {}

  /** All distributions of the account. */
  async own(): Promise<OwnDistribution[]> {
    const found: OwnDistribution[] = [];
    for await (const page of paginateListDistributions({ client: this.cloudFront }, {})) {
      for (const item of page.DistributionList?.Items ?? []) {
        found.push({ id: item.Id ?? "", domain: item.DomainName ?? "", aliases: item.Aliases?.Items ?? [] });
      }
    }
    return found;
  }

  /**
   * Starts to invalidate paths, at most 3,000. The same `reference` with the same paths is the same invalidation, so a
   * step that runs twice starts it once.
   */
  async invalidate(distributionId: string, reference: string, paths: readonly string[]): Promise<Invalidation> {
    const create = new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: reference, Paths: { Quantity: paths.length, Items: [...paths] } },
    });
    try {
      const answer = await unlessBusy(this.cloudFront.send(create));
      if (answer === undefined) return { busy: true };
      if (answer.Invalidation?.Id !== undefined) return { id: answer.Invalidation.Id };
    } catch (error) {
      if (error instanceof Error && PERMANENT_ERRORS.has(error.name))
        return { refused: `${error.name}: ${error.message}` };
      throw error;
    }
    throw new Error(`CloudFront returned no id for an invalidation of ${distributionId}`);
  }

  /** Whether it is known to be complete. */
  async isInvalidated(distributionId: string, id: string): Promise<boolean> {
    const get = new GetInvalidationCommand({ DistributionId: distributionId, Id: id });
    return (await unlessBusy(this.cloudFront.send(get)))?.Invalidation?.Status === "Completed";
  }
}

async function unlessBusy<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && TEMPORARY_ERRORS.has(error.name)) return undefined;
    throw error;
  }
}
