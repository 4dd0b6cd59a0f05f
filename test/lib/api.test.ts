import { CfnParameter } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { Api } from "../../lib/api.ts";
import { type Resource, resourcesOf, synthesize, theOnly } from "./synth.ts";

const handler = (scope: Construct) =>
  new lambda.Function(scope, "Handler", {
    ...{ runtime: lambda.Runtime.NODEJS_24_X, handler: "index.handler", code: lambda.Code.fromInline("//") },
  });
const template = synthesize((scope) => new Api(scope, "Api", { handler: handler(scope) }));
const maybePrivate = synthesize((scope) => {
  const vpcEndpointId = new CfnParameter(scope, "vpce").valueAsString;
  return new Api(scope, "Api", { handler: handler(scope), vpcEndpointId });
});

test("five routes, each for the holder of a key, all answered by the one function", () => {
  const parts = new Map(
    resourcesOf(template, "AWS::ApiGateway::Resource").map(([id, r]) => [id, r.Properties.PathPart]),
  );
  const methods = resourcesOf(template, "AWS::ApiGateway::Method").map(([, { Properties }]) => Properties);
  expect(methods.map(({ HttpMethod, ResourceId }) => `${HttpMethod} /${parts.get(ResourceId.Ref)}`).sort()).toEqual([
    "GET /instances",
    "GET /prewarm",
    "GET /summary",
    "POST /instances",
    "POST /prewarm",
  ]);
  for (const { ApiKeyRequired, Integration } of methods) {
    expect(ApiKeyRequired).toBe(true);
    expect(Integration).toMatchObject({ Type: "AWS_PROXY", IntegrationHttpMethod: "POST" });
  }
});

test("one key, and a plan that lets it in", () => {
  const [[keyId = ""] = []] = resourcesOf(template, "AWS::ApiGateway::ApiKey");
  const [[planId = ""] = []] = resourcesOf(template, "AWS::ApiGateway::UsagePlan");
  const [[stageId = ""] = []] = resourcesOf(template, "AWS::ApiGateway::Stage");
  expect(theOnly(template, "AWS::ApiGateway::UsagePlanKey")).toMatchObject({
    ...{ KeyId: { Ref: keyId }, UsagePlanId: { Ref: planId }, KeyType: "API_KEY" },
  });
  expect(theOnly(template, "AWS::ApiGateway::UsagePlan").ApiStages).toMatchObject([{ Stage: { Ref: stageId } }]);
  expect(theOnly(template, "AWS::ApiGateway::Stage").StageName).toBe("prod");
});

describe("what API Gateway refuses by itself has the fields of every route's answers", () => {
  const refusals = new Map(
    resourcesOf(template, "AWS::ApiGateway::GatewayResponse").map(([, { Properties }]) => [
      String(Properties.ResponseType),
      Properties,
    ]),
  );

  test.each([
    { type: "INVALID_API_KEY", status: undefined, says: /x-api-key/ },
    { type: "MISSING_AUTHENTICATION_TOKEN", status: "404", says: /no such route/ },
    { type: "REQUEST_TOO_LARGE", status: undefined, says: /10 MB/ },
    { type: "DEFAULT_4XX", status: undefined, says: /^Because$/ },
    { type: "DEFAULT_5XX", status: undefined, says: /^Internal error.*\$context\.requestId$/ },
  ])("$type", ({ type, status, says }) => {
    const { StatusCode, ResponseTemplates } = refusals.get(type) ?? {};
    expect(StatusCode).toBe(status);
    // API Gateway puts the message in with its quotes.
    const answer = JSON.parse(
      ResponseTemplates["application/json"].replaceAll("$context.error.messageString", '"Because"'),
    );
    expect(answer).toMatchObject({ status: "Failed", error_urls: [], request_id: "", message: answer.error_message });
    expect(answer.error_message).toMatch(says);
  });

  test("and stands before the API is deployed", () => {
    const [[, deployment] = []] = resourcesOf(template, "AWS::ApiGateway::Deployment") as [
      string,
      Resource & { DependsOn: string[] },
    ][];
    const responses = resourcesOf(template, "AWS::ApiGateway::GatewayResponse").map(([id]) => id);
    expect(deployment?.DependsOn).toEqual(expect.arrayContaining(responses));
  });
});

test("it is public unless an endpoint is named", () => {
  expect(theOnly(template, "AWS::ApiGateway::RestApi")).toMatchObject({
    EndpointConfiguration: { Types: ["REGIONAL"] },
  });
  expect(theOnly(template, "AWS::ApiGateway::RestApi")).not.toHaveProperty("Policy");
});

test("an endpoint that may be empty makes it private or public when the template is launched", () => {
  const [[isPrivate, condition] = []] = Object.entries(maybePrivate.findConditions("*"));
  expect(condition).toEqual({ "Fn::Not": [{ "Fn::Equals": [{ Ref: "vpce" }, ""] }] });
  const { EndpointConfiguration, Policy } = theOnly(maybePrivate, "AWS::ApiGateway::RestApi");
  expect(EndpointConfiguration).toEqual({
    "Fn::If": [isPrivate, { Types: ["PRIVATE"], VpcEndpointIds: [{ Ref: "vpce" }] }, { Types: ["REGIONAL"] }],
  });
  expect(Policy["Fn::If"]).toEqual([isPrivate, expect.anything(), { Ref: "AWS::NoValue" }]);
  expect(Policy["Fn::If"][1].Statement).toEqual([
    {
      ...{ Effect: "Allow", Principal: { AWS: "*" }, Action: "execute-api:Invoke", Resource: "execute-api:/*" },
      Condition: { StringEquals: { "aws:SourceVpce": { Ref: "vpce" } } },
    },
  ]);
  maybePrivate.resourcePropertiesCountIs("AWS::ApiGateway::Method", Match.objectLike({ ApiKeyRequired: true }), 5);
});
