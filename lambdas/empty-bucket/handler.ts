import * as z from "zod";
import type { EmptyBucketDeps } from "./deps.ts";

/** What CloudFormation asks: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
const eventSchema = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});

/** Empties the bucket when its stack is deleted, and does nothing before. CloudFormation waits for the answer, good or bad. */
export function createHandler({ bucket, answer, logger }: EmptyBucketDeps) {
  return async (event: unknown): Promise<void> => {
    const { RequestType, ResponseURL, ...ids } = eventSchema.parse(event);
    const reply = (outcome: { Status: "SUCCESS" } | { Status: "FAILED"; Reason: string }) =>
      answer(ResponseURL, JSON.stringify({ ...ids, PhysicalResourceId: bucket.name, ...outcome }));
    try {
      if (RequestType === "Delete") logger.info("Emptied", { bucket: bucket.name, objects: await bucket.empty() });
    } catch (error) {
      logger.error("The bucket could not be emptied", { bucket: bucket.name, error });
      return reply({ Status: "FAILED", Reason: error instanceof Error ? error.message : String(error) });
    }
    return reply({ Status: "SUCCESS" });
  };
}
