import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";

/** A bucket that is about to be deleted. */
export class DoomedBucket {
  constructor(
    private readonly s3: S3Client,
    readonly name: string,
  ) {}

  /** Deletes every object, and returns how many there were. @throws when S3 keeps one */
  async empty(): Promise<number> {
    let count = 0;
    // A page has as many keys as one call may delete: 1,000.
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.s3 }, { Bucket: this.name })) {
      if (Contents.length === 0) continue;
      const Objects = Contents.map(({ Key = "" }) => ({ Key }));
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects, Quiet: true } }),
      );
      if (Errors[0] !== undefined) throw new Error(`${Errors[0].Key} stays: ${Errors[0].Code} ${Errors[0].Message}`);
      count += Contents.length;
    }
    return count;
  }
}
