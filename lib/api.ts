import { CfnOutput, CustomResource, Duration, Fn, Size, Stack } from "aws-cdk-lib";
import * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { ANSWERS } from "../domain/api/answers.ts";
import { API_RATES } from "../domain/api/rates.ts";
import { COMPRESSED_FROM_BYTES } from "../domain/limits.ts";
import { API_HEADERS, DENIED_BY_POLICY, NO_KEY, QUOTA_EXCEEDED, TOO_LARGE } from "../domain/validation/api-error.ts";
import { consoleFiles, withFiles } from "./bundling.ts";
import { isGiven, type Parameters } from "./parameters.ts";
import { allow } from "./permissions.ts";
import { PipelineFunction } from "./pipeline-function.ts";

interface ApiProps {
  readonly parameters: Parameters;
  readonly handler: lambda.IFunction;
  /** Serves the console's files, without the key. */
  readonly console: lambda.IFunction;
  /** Id of the interface endpoint that the private API is reached through; empty: a public API. @default public */
  readonly vpcEndpointId?: string;
}

const STAGE = "prod";
/**
 * Rate and burst of each console route. They need no key, so they have a bound of their own: whoever
 * asks for the page a thousand times takes nothing from those with the key. A page that is opened fetches a dozen files at
 * once, and then caches them. Calls at this rate for a whole day cost 3 dollars.
 */
const CONSOLE_THROTTLE = { throttlingRateLimit: 2, throttlingBurstLimit: 60 };

/**
 * Calls a second of the routes on which one call may occupy a function for half a minute: a dry run asks CloudFront and reads
 * documents, a summary waits for its report. As many functions run at once as calls come in that time. API Gateway tells methods
 * apart, not query strings: GET /prewarm, which everybody polls, is bounded by what one call may read (lambdas/api/details.ts).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
const EXPENSIVE_THROTTLE = {
  "/prewarm/POST": throttle(API_RATES["POST /prewarm"]),
  "/summary/GET": throttle(API_RATES["GET /summary"]),
  "/requests/GET": throttle(API_RATES["GET /requests"]),
};

/** The function retries for up to two minutes (aws/stack-resources.ts). */
const REDEPLOY_TIMEOUT = Duration.minutes(3);

/** The REST API: one function behind the API key, and the console beside it. */
export class Api extends Construct {
  private readonly restApi: apigateway.RestApi;
  /** The key that allows GET alone: the API's function refuses the rest. It names no stage, whose methods name that function. */
  private readonly readKey: apigateway.ApiKey;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    this.restApi = new apigateway.RestApi(this, "Rest", {
      restApiName: "prewarm",
      deployOptions: {
        stageName: STAGE,
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        methodOptions: {
          ...EXPENSIVE_THROTTLE,
          "/console/GET": CONSOLE_THROTTLE,
          "/console/{file+}/GET": CONSOLE_THROTTLE,
        },
      },
      minCompressionSize: Size.bytes(COMPRESSED_FROM_BYTES),
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      defaultMethodOptions: { apiKeyRequired: true },
      cloudWatchRole: false,
    });
    // CDK's own output is removed: the stack has its own.
    this.restApi.node.tryRemoveChild("Endpoint");
    const integration = new apigateway.LambdaIntegration(props.handler, { allowTestInvoke: false });
    for (const route of Object.keys(ANSWERS)) {
      const [method = "", path = ""] = route.split(" /");
      this.restApi.root.resourceForPath(path).addMethod(method, integration);
    }
    // The only routes without the key: a browser has none when it opens the page.
    const page = new apigateway.LambdaIntegration(props.console, { allowTestInvoke: false });
    for (const path of ["console", "console/{file+}"])
      this.restApi.root.resourceForPath(path).addMethod("GET", page, { apiKeyRequired: false });
    // In a gateway response, a header value in single quotes is a literal; without quotes it is a mapping expression.
    const responseHeaders = Object.fromEntries(
      Object.entries(API_HEADERS).map(([name, value]) => [name, `'${value}'`]),
    );
    for (const { type, statusCode, message } of REFUSALS) {
      // API Gateway's own refusals have one fixed shape. This one has the fields of every route's answers.
      const text = message === undefined ? "$context.error.messageString" : JSON.stringify(message);
      const answer = `{"status":"Failed","error_message":${text},"error_urls":[],"request_id":"","message":${text}}`;
      const templates = { "application/json": answer };
      this.restApi.addGatewayResponse(type.responseType, { type, statusCode, templates, responseHeaders });
    }
    const key = this.restApi.addApiKey("Key");
    const plan = this.restApi.addUsagePlan("Plan", {
      apiStages: [{ api: this.restApi, stage: this.restApi.deploymentStage }],
      throttle: { rateLimit: API_RATES.key.rate, burstLimit: API_RATES.key.burst },
      quota: { limit: props.parameters.maxCallsPerDay.valueAsNumber, period: apigateway.Period.DAY },
    });
    plan.addApiKey(key);
    this.readKey = new apigateway.ApiKey(this, "ReadKey", { description: "Prewarm: read-only, allows GET alone" });
    // In the same plan, whose rate and quota are those of each key. In a plan of its own, other keys would seem read-only, too.
    plan.addApiKey(this.readKey);
    this.output("prewarmapikeyoutput", key.keyArn, "ARN of the API key; its last part is the key's id");
    this.output("prewarmreadkeyoutput", this.readKey.keyArn, "ARN of the read-only API key, which allows GET alone");
    const { url } = this.restApi;
    this.output("prewarmapiEndpoint", url, "Base of the API: append prewarm, summary or instances");
    this.output("prewarmconsole", `${url}console`, "The console, if the parameter of that name is on");
    this.restrict(props);
  }

  /** Base of the API, made of its id alone: whoever is behind the API can know it, too. */
  get endpoint(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.restApi.restApiId}.execute-api.${region}.${urlSuffix}/${STAGE}/`;
  }

  get readKeyId(): string {
    return this.readKey.keyId;
  }

  /**
   * Who may call the API: every caller with the key, callers from certain addresses, or callers in a VPC through an interface endpoint. An
   * update of the stack may change that.
   */
  private restrict({ parameters: { allowedCidrs }, vpcEndpointId }: ApiProps): void {
    const scope = new Construct(this, "Access");
    const isRestricted = isGiven(scope, "IsRestricted", allowedCidrs.valueAsString);
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
    const api = this.restApi.node.defaultChild as apigateway.CfnRestApi;
    if (vpcEndpointId === undefined) {
      api.addPropertyOverride("EndpointConfiguration", publicEndpoint);
      api.policy = publicPolicy;
    } else {
      const isPrivate = isGiven(scope, "IsPrivate", vpcEndpointId);
      const privateEndpoint = { Types: ["PRIVATE"], VpcEndpointIds: [vpcEndpointId], IpAddressType: "dualstack" };
      api.addPropertyOverride("EndpointConfiguration", {
        "Fn::If": [isPrivate.logicalId, privateEndpoint, publicEndpoint],
      });
      const privatePolicy = policyFor("aws:VpcSourceIp", { StringEquals: { "aws:SourceVpce": vpcEndpointId } });
      api.policy = Fn.conditionIf(isPrivate.logicalId, privatePolicy, publicPolicy);
      // API Gateway makes a name for it that leads to the endpoint:
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
      const { region, urlSuffix } = Stack.of(this);
      const host = `${this.restApi.restApiId}-${vpcEndpointId}.execute-api.${region}.${urlSuffix}`;
      const url = `https://${host}/${this.restApi.deploymentStage.stageName}/`;
      const description = "The private API's base for callers in the VPC without private DNS";
      this.output("prewarmapiVpceEndpoint", url, description).condition = isPrivate;
    }
    this.redeploy(scope, { AllowedCidrs: allowedCidrs.valueAsString, VpcEndpoint: vpcEndpointId ?? "" });
  }

  /**
   * A stage serves a deployment: a copy of the API, policy included. CloudFormation makes a new one only under another
   * logical id, and no parameter can change an id. So a function names the stage's deployment: the template's at first,
   * and a new one of its own after each change of the template's deployment or of `access`.
   */
  private redeploy(scope: Construct, access: Readonly<Record<string, string>>): void {
    const { restApiId, latestDeployment, deploymentStage } = this.restApi;
    const redeploying = new PipelineFunction(scope, "Redeploying", {
      name: "redeploy-api",
      timeout: REDEPLOY_TIMEOUT,
      environment: { REST_API: restApiId },
    });
    const deployments = Stack.of(this).formatArn({
      service: "apigateway",
      account: "",
      resource: `/restapis/${restApiId}/deployments`,
    });
    allow(redeploying, ["apigateway:POST"], deployments);
    const redeployed = new CustomResource(scope, "Redeployed", {
      resourceType: "Custom::ApiDeployment",
      serviceToken: redeploying.functionArn,
      serviceTimeout: REDEPLOY_TIMEOUT.plus(Duration.minutes(1)),
      properties: { Deployment: latestDeployment?.deploymentId, ...access },
    });
    const stage = deploymentStage.node.defaultChild as apigateway.CfnStage;
    stage.deploymentId = redeployed.ref;
  }

  private output(name: string, value: string, description: string): CfnOutput {
    const output = new CfnOutput(Stack.of(this), name, { value, description });
    output.overrideLogicalId(name);
    return output;
  }
}

function throttle({ rate, burst }: { readonly rate: number; readonly burst: number }) {
  return { throttlingRateLimit: rate, throttlingBurstLimit: burst };
}

interface Refusal {
  readonly type: apigateway.ResponseType;
  readonly statusCode?: string;
  /** @default the message of API Gateway */
  readonly message?: string;
}

const REFUSALS: readonly Refusal[] = [
  { type: apigateway.ResponseType.INVALID_API_KEY, message: NO_KEY },
  { type: apigateway.ResponseType.ACCESS_DENIED, message: DENIED_BY_POLICY },
  {
    type: apigateway.ResponseType.MISSING_AUTHENTICATION_TOKEN,
    statusCode: "404",
    message: `Unknown route; use one of ${Object.keys(ANSWERS).join(", ")}`,
  },
  {
    type: apigateway.ResponseType.QUOTA_EXCEEDED,
    message: QUOTA_EXCEEDED,
  },
  { type: apigateway.ResponseType.REQUEST_TOO_LARGE, message: TOO_LARGE },
  { type: apigateway.ResponseType.DEFAULT_4XX },
  { type: apigateway.ResponseType.DEFAULT_5XX, message: "Internal error; the log has it under $context.requestId" },
];

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

/**
 * The page for people: static files, and a function that may do nothing but write its log. It reads the parameter `console`, and the
 * routes stay: a route that is removed is served until the API is deployed again, which no parameter causes.
 */
export function consoleFunction(scope: Construct, parameters: Parameters): PipelineFunction {
  return withFiles(
    consoleFiles(),
    (page) =>
      new PipelineFunction(scope, "Page", {
        name: "console",
        timeout: Duration.seconds(5),
        memorySize: 256,
        environment: { CONSOLE: parameters.console.valueAsString },
        page,
      }),
  );
}
