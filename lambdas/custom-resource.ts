// For the handlers of empty-bucket and redeploy-api: both are resources of ours in a CloudFormation stack.

import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { CloudFormation } from "../aws/custom-resources.ts";

/** What CloudFormation asks: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
const eventSchema = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  /** Absent for Create. */
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown().optional(),
});

export type CustomResourceEvent = z.infer<typeof eventSchema>;

export interface CustomResourceDeps {
  readonly cloudFormation: Pick<CloudFormation, "answer">;
  readonly logger: Pick<Logger, "error">;
}

/**
 * A handler for a resource of ours. `carryOut` does what is asked and returns the resource's physical id. CloudFormation
 * waits for the answer, good or bad.
 */
export function customResource(
  { cloudFormation, logger }: CustomResourceDeps,
  carryOut: (event: CustomResourceEvent) => Promise<string>,
) {
  return async (input: unknown): Promise<void> => {
    const event = eventSchema.parse(input);
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = RequestId } = event;
    const outcome = await carryOut(event).then(
      (id) => ({ PhysicalResourceId: id, Status: "SUCCESS" }),
      (error: unknown) => {
        logger.error("What CloudFormation asked failed", { asked: event.RequestType, error });
        return { PhysicalResourceId, Status: "FAILED", Reason: error instanceof Error ? error.message : String(error) };
      },
    );
    await cloudFormation.answer(
      event.ResponseURL,
      JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome }),
    );
  };
}
