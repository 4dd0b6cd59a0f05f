import { CfnCondition, type CfnParameter, type CfnResource, Fn } from "aws-cdk-lib";
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
    const parts = scope.node.findAll();
    const functions = parts.filter((part) => part instanceof lambda.Function);
    const policy = new iam.Policy(this, "Writing", {
      statements: [
        // Neither can be limited to a resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
        new iam.PolicyStatement({ actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources: ["*"] }),
      ],
    });
    const writing = policy.node.defaultChild as CfnResource;
    // The policy is always there, for functions depend on it: CDK rejects a dependency on a resource with a condition.
    writing.addPropertyOverride("PolicyDocument.Statement.0.Effect", Fn.conditionIf(isOn.logicalId, "Allow", "Deny"));
    const mode = Fn.conditionIf(isOn.logicalId, "Active", "PassThrough");
    for (const fn of functions) {
      fn.role?.attachInlinePolicy(policy);
      const resource = fn.node.defaultChild as CfnResource;
      resource.addPropertyOverride("TracingConfig", { Mode: mode });
      // Lambda creates and updates no traced function whose role may not write traces.
      resource.addResourceDependency(writing);
    }
    for (const stage of parts.filter((part) => part instanceof apigateway.CfnStage))
      stage.addPropertyOverride("TracingEnabled", Fn.conditionIf(isOn.logicalId, true, false));
  }
}
