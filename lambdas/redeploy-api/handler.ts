import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { RestApi } from "../../aws/custom-resources.ts";
import { type CustomResourceDeps, customResource } from "../custom-resource.ts";

export interface RedeployApiDeps extends CustomResourceDeps {
  readonly api: Pick<RestApi, "deploy">;
  readonly logger: Pick<Logger, "info" | "error">;
}

/** Of the resource, as far as the function needs it: the template's own deployment. */
const propertiesSchema = z.object({ Deployment: z.string() });

/**
 * Which deployment a stage is to serve is the physical id of the resource. After each change it is a new one: that
 * the template names may be older than the API is, as when an update is rolled back that came after another endpoint.
 */
export function createHandler(deps: RedeployApiDeps) {
  const { api, logger } = deps;
  return customResource(deps, async ({ RequestType, PhysicalResourceId, RequestId, ResourceProperties }) => {
    // The copy that was served goes with the API.
    if (RequestType === "Delete") return PhysicalResourceId ?? RequestId;
    if (RequestType === "Create") return propertiesSchema.parse(ResourceProperties).Deployment;
    const id = await api.deploy();
    logger.info("Deployed", { deployment: id, instead_of: PhysicalResourceId });
    return id;
  });
}
