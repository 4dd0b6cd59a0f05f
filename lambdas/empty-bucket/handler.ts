import { customResource } from "../custom-resource.ts";
import type { EmptyBucketDeps } from "./deps.ts";

/** Empties the bucket when its stack is deleted, and does nothing before. */
export function createHandler(deps: EmptyBucketDeps) {
  const { bucket, logger } = deps;
  return customResource(deps, async ({ RequestType }) => {
    if (RequestType === "Delete") logger.info("Emptied", { bucket: bucket.name, objects: await bucket.empty() });
    return bucket.name;
  });
}
