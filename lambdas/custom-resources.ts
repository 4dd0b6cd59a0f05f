// The handlers of empty-bucket and redeploy-api: custom resources of the stack.

import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { answerCloudFormation } from "../aws/custom-resources.ts";

/** The request of CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
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

interface CustomResourceDeps {
  readonly answer: typeof answerCloudFormation;
  readonly logger: Logger;
}

/** Empties the bucket when its stack is deleted, and does nothing before. */
export function createBucketEmptier(
  deps: CustomResourceDeps & { readonly bucket: string; readonly empty: () => Promise<number> },
) {
  const { bucket, logger } = deps;
  return customResource(deps, async ({ RequestType }) => {
    if (RequestType === "Delete") logger.info("Bucket emptied", { bucket, objects: await deps.empty() });
    return bucket;
  });
}

/** Of the resource, as far as the function needs it: the template's own deployment. */
const propertiesSchema = z.object({ Deployment: z.string() });

/**
 * Which deployment a stage is to serve is the physical id of the resource. After each change it is a new one: that
 * the template names may be older than the API is, as when an update is rolled back that came after another endpoint.
 */
export function createApiDeployer(deps: CustomResourceDeps & { readonly deploy: () => Promise<string> }) {
  return customResource(deps, async ({ RequestType, PhysicalResourceId, RequestId, ResourceProperties }) => {
    // CloudFormation deletes the deployments with the API.
    if (RequestType === "Delete") return PhysicalResourceId ?? RequestId;
    if (RequestType === "Create") return propertiesSchema.parse(ResourceProperties).Deployment;
    const id = await deps.deploy();
    deps.logger.info("API deployed", { deployment: id, instead_of: PhysicalResourceId });
    return id;
  });
}

/**
 * A handler for a custom resource. `carryOut` handles the request and returns the physical id of the resource. CloudFormation
 * waits for a response, also when it fails.
 */
function customResource(
  { answer, logger }: CustomResourceDeps,
  carryOut: (event: z.infer<typeof eventSchema>) => Promise<string>,
) {
  return async (input: unknown): Promise<void> => {
    const event = eventSchema.parse(input);
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = RequestId } = event;
    const outcome = await carryOut(event).then(
      (id) => ({ PhysicalResourceId: id, Status: "SUCCESS" }),
      (error: unknown) => {
        logger.error("Custom resource failed", { request_type: event.RequestType, error });
        return { PhysicalResourceId, Status: "FAILED", Reason: error instanceof Error ? error.message : String(error) };
      },
    );
    await answer(event.ResponseURL, JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome }));
  };
}
