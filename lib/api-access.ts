import { CfnCondition, type CfnParameter, CustomResource, Duration, Fn, Stack } from "aws-cdk-lib";
import type * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { allow } from "./allow.ts";
import { PipelineFunction } from "./pipeline-function.ts";

export interface ApiAccessProps {
  readonly restApi: apigateway.RestApi;
  /** CIDR blocks, separated by commas; empty: every address. */
  readonly allowedCidrs: CfnParameter;
  /** Known only when the stack is created; empty: the API is public. @default the API is always public */
  readonly vpcEndpointId?: string;
}

/** An API that is private if an interface endpoint is given. */
export interface MaybePrivate {
  readonly isPrivate: CfnCondition;
  /**
   * The private API's address for callers without private DNS: API Gateway makes a name for it that leads to the endpoint.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
   */
  readonly endpointUrl: string;
}

const REDEPLOY_TIMEOUT = Duration.minutes(1);

/**
 * Who may call an API: every caller with the key, callers from certain addresses, or callers in a VPC through an interface endpoint. An update
 * of the stack may change that.
 */
export class ApiAccess extends Construct {
  readonly maybePrivate: MaybePrivate | undefined;

  constructor(scope: Construct, id: string, { restApi, allowedCidrs, vpcEndpointId }: ApiAccessProps) {
    super(scope, id);
    const isRestricted = new CfnCondition(this, "IsRestricted", {
      expression: Fn.conditionNot(Fn.conditionEquals(allowedCidrs.valueAsString, "")),
    });
    const cidrs = Fn.split(",", allowedCidrs.valueAsString);
    // The policy of a public API without restrictions allows everybody, as no policy does: CloudFormation does not remove a policy
    // that is no longer in the template (https://github.com/aws/aws-cdk/issues/21840).
    const policyFor = (sourceIp: string, conditions: Record<string, unknown>) =>
      Fn.conditionIf(
        isRestricted.logicalId,
        invokePolicy({ ...conditions, IpAddress: { [sourceIp]: cidrs } }),
        invokePolicy(conditions),
      );
    // A private API takes no other type: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html
    const publicEndpoint = { Types: ["REGIONAL"], IpAddressType: "dualstack" };
    const publicPolicy = policyFor("aws:SourceIp", {});
    const api = restApi.node.defaultChild as apigateway.CfnRestApi;
    if (vpcEndpointId === undefined) {
      api.addPropertyOverride("EndpointConfiguration", publicEndpoint);
      api.policy = publicPolicy;
    } else {
      const isPrivate = new CfnCondition(this, "IsPrivate", {
        expression: Fn.conditionNot(Fn.conditionEquals(vpcEndpointId, "")),
      });
      const privateEndpoint = { Types: ["PRIVATE"], VpcEndpointIds: [vpcEndpointId], IpAddressType: "dualstack" };
      api.addPropertyOverride("EndpointConfiguration", {
        "Fn::If": [isPrivate.logicalId, privateEndpoint, publicEndpoint],
      });
      const privatePolicy = policyFor("aws:VpcSourceIp", { StringEquals: { "aws:SourceVpce": vpcEndpointId } });
      api.policy = Fn.conditionIf(isPrivate.logicalId, privatePolicy, publicPolicy);
      const { region, urlSuffix } = Stack.of(this);
      const host = `${restApi.restApiId}-${vpcEndpointId}.execute-api.${region}.${urlSuffix}`;
      this.maybePrivate = { isPrivate, endpointUrl: `https://${host}/${restApi.deploymentStage.stageName}/` };
    }
    this.redeploy(restApi, { AllowedCidrs: allowedCidrs.valueAsString, VpcEndpoint: vpcEndpointId ?? "" });
  }

  /**
   * A stage serves a deployment: a copy of the API, policy included. CloudFormation makes a new one only under another
   * logical id, and no parameter can change an id. So a function names the stage's deployment: the template's at first,
   * and a new one of its own after each change of the template's deployment or of `access`.
   */
  private redeploy(restApi: apigateway.RestApi, access: Readonly<Record<string, string>>): void {
    const deployment = restApi.latestDeployment?.deploymentId;
    const redeploying = new PipelineFunction(this, "Redeploying", {
      name: "redeploy-api",
      timeout: REDEPLOY_TIMEOUT,
      environment: { REST_API: restApi.restApiId },
    });
    const deployments = Stack.of(this).formatArn({
      service: "apigateway",
      account: "",
      resource: `/restapis/${restApi.restApiId}/deployments`,
    });
    allow(redeploying, ["apigateway:POST"], deployments);
    const redeployed = new CustomResource(this, "Redeployed", {
      resourceType: "Custom::ApiDeployment",
      serviceToken: redeploying.functionArn,
      serviceTimeout: REDEPLOY_TIMEOUT.plus(Duration.minutes(1)),
      properties: { Deployment: deployment, ...access },
    });
    const stage = restApi.deploymentStage.node.defaultChild as apigateway.CfnStage;
    stage.deploymentId = redeployed.ref;
  }
}

function invokePolicy(conditions: Record<string, unknown>): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: ["execute-api:Invoke"],
        resources: ["execute-api:/*"],
        conditions,
      }),
    ],
  });
}
