import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type RecountCheckpoint, recountCheckpointSchema } from "../domain/plan/recount-checkpoint.ts";

/** Where recounts of huge requests stopped: one object of the bucket a request, JSON, compressed. */
export class RecountCheckpoints {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** Undefined also for one that cannot be read: the recount then begins anew. */
  async read(reqId: string): Promise<RecountCheckpoint | undefined> {
    const stored = await this.stored(reqId);
    if (stored === undefined) return undefined;
    try {
      const text = (await promisify(gunzip)(stored)).toString("utf8");
      return recountCheckpointSchema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  async write(reqId: string, checkpoint: RecountCheckpoint): Promise<void> {
    const Body = await promisify(gzip)(JSON.stringify(checkpoint));
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: keyOf(reqId), Body }));
  }

  /** Nothing happens where there is none. */
  async delete(reqId: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: keyOf(reqId) }));
  }

  private async stored(reqId: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: keyOf(reqId) }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  }
}

function keyOf(reqId: string): string {
  return `${reqId}/recount/checkpoint.json.gz`;
}
