import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";

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

/** CloudFormation, as far as it waits for an answer: a PUT to the URL that it gave. */
export class AskingCloudFormation {
  async answer(url: string, body: string): Promise<void> {
    // As bytes: a string would have a Content-Type, and the URL is signed without one.
    const { status } = await fetch(url, { method: "PUT", body: Buffer.from(body) });
    if (status >= 300) throw new Error(`CloudFormation took the answer with HTTP ${status}`);
  }
}

export interface CustomResourceDeps {
  readonly cloudFormation: Pick<AskingCloudFormation, "answer">;
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
