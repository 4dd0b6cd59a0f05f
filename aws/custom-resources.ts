import { type APIGatewayClient, CreateDeploymentCommand } from "@aws-sdk/client-api-gateway";
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/**
 * Answers CloudFormation, which waits for a custom resource: a PUT to the signed URL that it gave.
 * @throws when the answer is not taken: a stack would wait for it until its timeout
 */
export async function answerCloudFormation(url: string, body: string): Promise<void> {
  // As bytes: a string would have a Content-Type, and the URL is signed without one.
  const { status } = await fetch(url, { method: "PUT", body: Buffer.from(body) });
  if (status >= 300) throw new Error(`CloudFormation took the answer with HTTP ${status}`);
}

/** A bucket that is about to be deleted. */
export class BucketEmptier {
  constructor(
    private readonly s3: S3Client,
    readonly name: string,
  ) {}

  /**
   * Deletes every object in every version: somebody may have made the bucket keep versions. If it is stopped and called
   * again, it goes on where it was.
   * @returns how many versions it deleted
   * @throws Error if S3 keeps one
   */
  async empty(): Promise<number> {
    let count = 0;
    for (;;) {
      // Always the first page: what was on it before is deleted. It has as many keys as one call may delete, 1,000.
      const page = await this.s3.send(new ListObjectVersionsCommand({ Bucket: this.name }));
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = "", VersionId }) => ({
        Key,
        VersionId,
      }));
      if (Objects.length === 0) return count;
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects, Quiet: true } }),
      );
      if (Errors[0] !== undefined) throw new Error(`${Errors[0].Key} stays: ${Errors[0].Code} ${Errors[0].Message}`);
      count += Objects.length;
    }
  }
}

/** A REST API, of which stages serve copies. */
export class RestApi {
  constructor(
    private readonly client: APIGatewayClient,
    private readonly id: string,
  ) {}

  /** Makes a copy of the API as it is now, for a stage to serve, and returns the copy's id. It goes with the API. */
  async deploy(): Promise<string> {
    const { id } = await this.client.send(new CreateDeploymentCommand({ restApiId: this.id }));
    if (id === undefined) throw new Error(`API Gateway named no deployment of ${this.id}`);
    return id;
  }
}
