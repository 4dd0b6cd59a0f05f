import { type AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";

/** Ends this instance and lowers the desired capacity of its group by one. */
export async function retire(autoScaling: AutoScalingClient, instanceId: string): Promise<void> {
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }),
  );
}
