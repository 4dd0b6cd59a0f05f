// What the custom resources of the stack have AWS do.
import { type APIGatewayClient, CreateDeploymentCommand } from "@aws-sdk/client-api-gateway";
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

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

/** Makes a copy of a REST API as it is now, for a stage to serve, and returns the copy's id. It goes with the API. */
export async function deployApi(client: APIGatewayClient, restApiId: string): Promise<string> {
  const { id } = await client.send(new CreateDeploymentCommand({ restApiId }));
  if (id === undefined) throw new Error(`API Gateway returned no deployment id for ${restApiId}`);
  return id;
}
