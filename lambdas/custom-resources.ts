// The handlers of empty-bucket and redeploy-api: custom resources of the stack.

import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";

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

/**
 * Empties the bucket when its stack is deleted, and does nothing before.
 * @param empty returns how many objects it deleted
 */
export function createBucketEmptier(bucket: string, empty: () => Promise<number>) {
  return customResource("empty-bucket", async ({ RequestType }, logger) => {
    if (RequestType === "Delete") logger.info("Bucket emptied", { bucket, objects: await empty() });
    return bucket;
  });
}

/** Of the resource, as far as the function needs it: the template's own deployment. */
const propertiesSchema = z.object({ Deployment: z.string() });

/**
 * Which deployment a stage is to serve is the physical id of the resource. After each change it is a new one: that
 * the template names may be older than the API is, as when an update is rolled back that came after another endpoint.
 * @param deploy returns the id of a new deployment
 */
export function createApiDeployer(deploy: () => Promise<string>) {
  return customResource("redeploy-api", async (event, logger) => {
    const { RequestType, PhysicalResourceId, RequestId, ResourceProperties } = event;
    // CloudFormation deletes the deployments with the API.
    if (RequestType === "Delete") return PhysicalResourceId ?? RequestId;
    if (RequestType === "Create") return propertiesSchema.parse(ResourceProperties).Deployment;
    const deployment = await deploy();
    logger.info("API deployed", { deployment, instead_of: PhysicalResourceId });
    return deployment;
  });
}

/**
 * A handler for a custom resource. CloudFormation waits for a response, also when it fails.
 * @param serviceName of the function, in its log
 * @param carryOut handles the request and returns the physical id of the resource
 */
function customResource(
  serviceName: string,
  carryOut: (event: z.infer<typeof eventSchema>, logger: Logger) => Promise<string>,
) {
  const logger = new Logger({ serviceName });
  return async (input: unknown): Promise<void> => {
    const event = eventSchema.parse(input);
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = RequestId } = event;
    const outcome = await carryOut(event, logger).then(
      (id) => ({ PhysicalResourceId: id, Status: "SUCCESS" }),
      (error: unknown) => {
        logger.error("Custom resource failed", { request_type: event.RequestType, error });
        return { PhysicalResourceId, Status: "FAILED", Reason: error instanceof Error ? error.message : String(error) };
      },
    );
    // As bytes: a string would have a Content-Type, and the URL is signed without one.
    const body = Buffer.from(JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome }));
    const { status } = await fetch(event.ResponseURL, { method: "PUT", body });
    // A stack would wait for the response until the resource's timeout.
    if (status >= 300) throw new Error(`CloudFormation rejected the response: HTTP ${status}`);
  };
}
