import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** ARN of an Auto Scaling group by its name. `*` stands for the id that AWS makes up when the group is created. */
export function groupArn(scope: Construct, groupName: string): string {
  return Stack.of(scope).formatArn({
    service: "autoscaling",
    resource: "autoScalingGroup",
    resourceName: `*:autoScalingGroupName/${groupName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
