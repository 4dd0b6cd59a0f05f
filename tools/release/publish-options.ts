import { readWords, UsageError } from "../command-line.ts";

export const USAGE = "Usage: npm run publish-templates -- --bucket BUCKET [--prefix PREFIX]";

interface PublishOptions {
  readonly bucket: string;
  /** Empty, or ends in a slash; never begins with one. */
  readonly prefix: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** One part of a prefix. It stands in URLs and, between quotes, in the boot script: nothing there may need escaping. */
const PART = /^[\w-][\w.-]*$/;

/** Reads the command line; undefined if it asks for help. @throws UsageError that says in one line what is wrong */
export function publishOptions(args: readonly string[]): PublishOptions | undefined {
  const options = {
    bucket: { type: "string" },
    prefix: { type: "string", default: "" },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  const { bucket, prefix, help } = readWords({ args: [...args], options }, USAGE).values;
  if (help) return undefined;
  if (bucket === undefined) throw new UsageError("No bucket is given", USAGE);
  if (!BUCKET.test(bucket)) throw new UsageError(`'${bucket}' is not the name of a bucket`, USAGE);
  const parts = prefix.split("/").filter((part) => part !== "");
  const wrong = parts.find((part) => !PART.test(part));
  if (wrong !== undefined) {
    throw new UsageError(
      `'${wrong}' in the prefix: letters, digits, '-', '_' and, not in front, '.' are allowed`,
      USAGE,
    );
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join("") };
}
