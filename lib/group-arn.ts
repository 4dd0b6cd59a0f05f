import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** An Auto Scaling group, known by its name: the id that its ARN also has is made up when the group is. */
export function groupArn(scope: Construct, groupName: string): string {
  return Stack.of(scope).formatArn({
    service: "autoscaling",
    resource: "autoScalingGroup",
    resourceName: `*:autoScalingGroupName/${groupName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
