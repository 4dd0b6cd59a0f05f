import { CfnCondition, CustomResource, Duration, Fn, Stack } from "aws-cdk-lib";
import type * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { allow } from "./allow.ts";
import { PipelineFunction } from "./pipeline-function.ts";

export interface MaybePrivateProps {
  readonly restApi: apigateway.RestApi;
  /** Known only when the template is launched; empty for a public API. */
  readonly vpcEndpointId: string;
}

const REDEPLOYING = Duration.minutes(1);

/**
 * Makes an API private, reached through an interface endpoint, if one is named; otherwise the API is public. An update
 * of the stack may change that.
 */
export class MaybePrivate extends Construct {
  /** The condition that it is private. */
  readonly isPrivate: CfnCondition;
  /**
   * The private API's address for who has no private DNS: API Gateway makes a name of it that leads to the endpoint.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
   */
  readonly endpointUrl: string;

  constructor(scope: Construct, id: string, { restApi, vpcEndpointId }: MaybePrivateProps) {
    super(scope, id);
    this.isPrivate = new CfnCondition(this, "IsPrivate", {
      expression: Fn.conditionNot(Fn.conditionEquals(vpcEndpointId, "")),
    });
    const api = restApi.node.defaultChild as apigateway.CfnRestApi;
    api.addPropertyOverride("EndpointConfiguration", {
      "Fn::If": [
        this.isPrivate.logicalId,
        { Types: ["PRIVATE"], VpcEndpointIds: [vpcEndpointId] },
        { Types: ["REGIONAL"] },
      ],
    });
    // A public API has a policy, too, which allows everybody, as no policy does: CloudFormation does not remove a
    // policy that is no longer in the template (https://github.com/aws/aws-cdk/issues/21840).
    api.policy = Fn.conditionIf(
      this.isPrivate.logicalId,
      invokable({ StringEquals: { "aws:SourceVpce": vpcEndpointId } }),
      invokable(),
    );
    this.redeploy(restApi, vpcEndpointId);
    const { region, urlSuffix } = Stack.of(this);
    const host = `${restApi.restApiId}-${vpcEndpointId}.execute-api.${region}.${urlSuffix}`;
    this.endpointUrl = `https://${host}/${restApi.deploymentStage.stageName}/`;
  }

  /**
   * A stage serves a deployment: a copy of the API, policy included. CloudFormation makes a new one only under another
   * logical id, and no parameter can change an id. So a function names the stage's deployment: the template's at first,
   * and a new one of its own after each change of the template's deployment or of the endpoint.
   */
  private redeploy(restApi: apigateway.RestApi, vpcEndpointId: string): void {
    const deployment = restApi.latestDeployment?.deploymentId;
    const redeploying = new PipelineFunction(this, "Redeploying", {
      name: "redeploy-api",
      timeout: REDEPLOYING,
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
      serviceTimeout: REDEPLOYING.plus(Duration.minutes(1)),
      properties: { Deployment: deployment, VpcEndpoint: vpcEndpointId },
    });
    const stage = restApi.deploymentStage.node.defaultChild as apigateway.CfnStage;
    stage.deploymentId = redeployed.ref;
  }
}

function invokable(conditions: Record<string, unknown> = {}): iam.PolicyDocument {
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
