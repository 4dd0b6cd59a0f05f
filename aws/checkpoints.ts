import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type * as z from "zod";
import { isMissing } from "../domain/plan/lists.ts";

/** What is kept where a run of a long step stops, and where in a request's part of the bucket. */
export interface Checkpoint<T> {
  readonly key: (reqId: string) => string;
  readonly schema: z.ZodType<T>;
}

/** Where steps of requests stopped that take longer than one run: one object of the bucket a request, JSON, compressed. */
export class Checkpoints<T> {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly kind: Checkpoint<T>,
  ) {}

  /** Undefined also for one that cannot be read: the step then begins anew. @throws what S3 throws */
  async read(reqId: string): Promise<T | undefined> {
    let stored: Uint8Array | undefined;
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.kind.key(reqId) }));
      stored = await Body?.transformToByteArray();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    try {
      const text = (await promisify(gunzip)(stored ?? "")).toString("utf8");
      return this.kind.schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  async write(reqId: string, checkpoint: T): Promise<void> {
    const Body = await promisify(gzip)(JSON.stringify(checkpoint));
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: this.kind.key(reqId), Body }));
  }

  /** Nothing happens where there is none. */
  async delete(reqId: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: this.kind.key(reqId) }));
  }
}
