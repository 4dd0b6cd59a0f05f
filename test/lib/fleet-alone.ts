import type { Stack } from "aws-cdk-lib";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { AgentFleet } from "../../lib/agent-fleet.ts";
import { Network } from "../../lib/network.ts";
import { addParameters, NEW_VPC } from "../../lib/parameters.ts";
import { Queues } from "../../lib/queues.ts";
import { Storage } from "../../lib/storage.ts";

/** The fleet with only those other parts that it needs. */
export function addFleet(stack: Stack): void {
  const parameters = addParameters(stack, NEW_VPC);
  new AgentFleet(stack, "Fleet", {
    parameters,
    network: new Network(stack, "Network", parameters.zones),
    storage: new Storage(stack, "Storage", parameters),
    queues: new Queues(stack, "TaskQueue"),
    shutdown: LambdaFunction.fromFunctionName(stack, "Shutdown", "shutdown"),
    groupName: "prewarm_asg_test",
  });
}
