import type { Logger } from "@aws-lambda-powertools/logger";
import type { DoomedBucket } from "../../aws/custom-resources.ts";
import { type CustomResourceDeps, customResource } from "../custom-resource.ts";

export interface EmptyBucketDeps extends CustomResourceDeps {
  readonly bucket: Pick<DoomedBucket, "name" | "empty">;
  readonly logger: Pick<Logger, "info" | "error">;
}

/** Empties the bucket when its stack is deleted, and does nothing before. */
export function createHandler(deps: EmptyBucketDeps) {
  const { bucket, logger } = deps;
  return customResource(deps, async ({ RequestType }) => {
    if (RequestType === "Delete") logger.info("Emptied", { bucket: bucket.name, objects: await bucket.empty() });
    return bucket.name;
  });
}
