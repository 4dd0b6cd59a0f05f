import { DeleteRouteTableCommand } from "@aws-sdk/client-ec2";
import type { LocalClients } from "../local/clients.ts";
import { CommandError } from "../local/processes.ts";
import type { Assembly } from "./assembly.ts";
import type { Standing } from "./standing.ts";

const ROUTE_TABLE = "AWS::EC2::RouteTable";

/**
 * Runs `cdk destroy`. Where moto leaves route tables behind, which hold their VPC, it deletes them and runs it again.
 * @returns faults: that moto deletes them after all
 * @throws CommandError when it fails for another reason
 */
export async function destroyStack(
  { ec2 }: Pick<LocalClients, "ec2">,
  { cdk }: Assembly,
  stackName: string,
  stands: ReadonlyMap<string, Standing>,
): Promise<readonly string[]> {
  const routeTables = [...stands.values()].filter(({ type }) => type === ROUTE_TABLE);
  try {
    await cdk("destroy", stackName, "--force");
    return routeTables.length === 0 ? [] : [`moto deletes ${ROUTE_TABLE}: take it out of tools/templates/moto-gaps.ts`];
  } catch (error) {
    if (!(error instanceof CommandError) || routeTables.length === 0 || !isHeld(error)) throw error;
  }
  for (const { physicalId } of routeTables) await ec2.send(new DeleteRouteTableCommand({ RouteTableId: physicalId }));
  await cdk("destroy", stackName, "--force");
  return [];
}

function isHeld({ message }: CommandError): boolean {
  return /vpc vpc-\w+ has dependencies/.test(message);
}
