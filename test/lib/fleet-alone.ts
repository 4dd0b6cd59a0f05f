import type { Stack } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AgentFleet } from "../../lib/agent-fleet.ts";
import { Network } from "../../lib/network.ts";
import { Parameters } from "../../lib/parameters.ts";
import { StepQueue } from "../../lib/step-queue.ts";
import { Storage } from "../../lib/storage.ts";
import { TaskQueue } from "../../lib/task-queue.ts";

/** The fleet with only those other parts that it needs. */
export function addFleet(stack: Stack): void {
  const parameters = new Parameters(stack, { vpc: "new" });
  new AgentFleet(stack, "Fleet", {
    parameters,
    network: new Network(stack, "Network", parameters),
    storage: new Storage(stack, "Storage", parameters),
    tasks: new TaskQueue(stack, "TaskQueue"),
    steps: new StepQueue(stack, "StepQueue", new Queue(stack, "Failed")),
    groupName: "prewarm_asg_test",
  });
}
