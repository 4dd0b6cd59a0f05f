import { paginateListStackResources } from "@aws-sdk/client-cloudformation";
import type { LocalClients } from "../local/clients.ts";

/** A resource that CloudFormation lists for a stack. */
export interface Standing {
  readonly type: string;
  /** `undefined` where CloudFormation tells none. */
  readonly physicalId: string | undefined;
}

/** The resources that stand in a stack, by logical id. */
export async function standing(
  { cloudFormation }: Pick<LocalClients, "cloudFormation">,
  stackName: string,
): Promise<Map<string, Standing>> {
  const found = new Map<string, Standing>();
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    for (const { LogicalResourceId: id, ResourceType: type, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      // moto lists what it has passed over without an id and a type.
      if (id && type) found.set(id, { type, physicalId: PhysicalResourceId || undefined });
    }
  }
  return found;
}
