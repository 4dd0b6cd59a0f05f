import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const VALID_SECONDS = 600;

/** Links under which somebody without AWS credentials can read a report or the file of all results, for ten minutes. */
export class ReportLinks {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** @param fileName under which it is saved: letters, digits, `.` and `-` alone */
  async of(key: string, fileName: string): Promise<string> {
    const ResponseContentDisposition = `attachment; filename="${fileName}"`;
    const get = new GetObjectCommand({ Bucket: this.bucket, Key: key, ResponseContentDisposition });
    return getSignedUrl(this.s3, get, { expiresIn: VALID_SECONDS });
  }
}
