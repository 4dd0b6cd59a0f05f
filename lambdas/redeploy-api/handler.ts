import * as z from "zod";
import { type CustomResourceEvent, customResource } from "../adapters/custom-resource.ts";
import type { RedeployApiDeps } from "./deps.ts";

/** Of the resource, as far as the function needs it: the template's own deployment. */
const propertiesSchema = z.object({ Deployment: z.string() });

/** Which deployment a stage is to serve is the physical id of the resource. */
export function createHandler(deps: RedeployApiDeps) {
  const { api, logger } = deps;
  return customResource(deps, async (event) => {
    // The copy that was served goes with the API.
    if (event.RequestType === "Delete") return event.PhysicalResourceId ?? event.RequestId;
    const { Deployment } = propertiesSchema.parse(event.ResourceProperties);
    if (!isOlderThanApi(event, Deployment)) return Deployment;
    const id = await api.deploy();
    logger.info("Deployed", { deployment: id, instead_of: event.PhysicalResourceId });
    return id;
  });
}

/** Whether something else has changed than the template's own deployment, which then is from before that change. */
function isOlderThanApi({ RequestType, OldResourceProperties }: CustomResourceEvent, deployment: string): boolean {
  return RequestType === "Update" && propertiesSchema.parse(OldResourceProperties).Deployment === deployment;
}
