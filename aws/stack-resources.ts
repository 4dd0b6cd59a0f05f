// What the custom resources of the stack have AWS do.
import {
  type APIGatewayClient,
  APIGatewayServiceException,
  CreateDeploymentCommand,
} from "@aws-sdk/client-api-gateway";
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import { retry } from "../domain/retry.ts";

/**
 * Deletes every object of a bucket in every version: somebody may have made the bucket keep versions. If it is stopped and called
 * again, it goes on where it was.
 * @returns how many versions it deleted
 * @throws Error if S3 keeps one
 */
export async function emptyBucket(s3: S3Client, bucket: string): Promise<number> {
  let count = 0;
  for (;;) {
    // Always the first page: what was on it before is deleted. It has as many keys as one call may delete, 1,000.
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return count;
    const { Errors: [error] = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (error !== undefined) throw new Error(`S3 did not delete ${error.Key}: ${error.Code} ${error.Message}`);
    count += Objects.length;
  }
}

/**
 * An account may create one deployment in five seconds, and CloudFormation creates the template's right before this one. Pauses are at
 * least half of their mean: five seconds each, and 40 seconds in all.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const DEPLOYING = { attempts: 9, firstMs: 10_000, longestMs: 10_000 };

/**
 * Makes a copy of a REST API as it is now, for a stage to serve, and returns the copy's id. It goes with the API. It takes up to two minutes.
 * @param client makes one attempt: its own retries would come too early
 */
export async function deployApi(client: APIGatewayClient, restApiId: string): Promise<string> {
  const create = () => client.send(new CreateDeploymentCommand({ restApiId }));
  const { id } = await retry(create, { ...DEPLOYING, retryOnError: mayPass });
  if (id === undefined) throw new Error(`API Gateway returned no deployment id for ${restApiId}`);
  return id;
}

/** Whether a later call may succeed: this one came too early, API Gateway failed, or it could not be reached. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof APIGatewayServiceException)) return true;
  return error.name === "TooManyRequestsException" || error.$fault === "server";
}
