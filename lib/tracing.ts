import { Aws, CfnCondition, type CfnParameter, type CfnResource, Fn } from "aws-cdk-lib";
import * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

/**
 * AWS X-Ray for all functions and stages of `scope`, if the parameter is on. Nothing is bundled for it. Of each function, a call
 * a second and 5% of the others are traced: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export class Tracing extends Construct {
  constructor(scope: Construct, id: string, tracing: CfnParameter) {
    super(scope, id);
    const isOn = new CfnCondition(this, "IsOn", { expression: Fn.conditionEquals(tracing.valueAsString, "on") });
    const roles: iam.IRole[] = [];
    for (const child of scope.node.findAll()) {
      if (child instanceof lambda.Function) {
        const active = Fn.conditionIf(isOn.logicalId, { Mode: "Active" }, Aws.NO_VALUE);
        (child.node.defaultChild as CfnResource).addPropertyOverride("TracingConfig", active);
        if (child.role !== undefined) roles.push(child.role);
      }
      if (child instanceof apigateway.CfnStage) {
        child.addPropertyOverride("TracingEnabled", Fn.conditionIf(isOn.logicalId, true, false));
      }
    }
    const policy = new iam.Policy(this, "Writing", {
      roles,
      statements: [
        // Neither can be limited to a resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
        new iam.PolicyStatement({ actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] }),
      ],
    });
    (policy.node.defaultChild as CfnResource).cfnOptions.condition = isOn;
  }
}
