import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** A bucket that is about to be deleted. */
export class DoomedBucket {
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
