import * as lambda from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { tabIcons } from "../../console/parts/tab-icon.ts";
import { ANSWERS } from "../../domain/api/answers.ts";
import { Api } from "../../lib/api.ts";
import { consoleFiles } from "../../lib/bundling.ts";
import { addParameters, EXISTING_VPC, NEW_VPC } from "../../lib/parameters.ts";
import { idOf, propertiesOf, rendered, resourcesOf, synthesize, theOnly } from "./synth.ts";

const fn = (scope: Construct, id: string) =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: lambda.Code.fromInline("//"),
  });
const functions = (scope: Construct) => ({ handler: fn(scope, "Handler"), console: fn(scope, "Console") });
const template = synthesize((stack) => {
  const parameters = addParameters(stack, NEW_VPC);
  return new Api(stack, "Api", { ...functions(stack), parameters });
});
const maybePrivate = synthesize((stack) => {
  const parameters = addParameters(stack, EXISTING_VPC);
  const vpcEndpointId = parameters.vpce.valueAsString;
  return new Api(stack, "Api", { ...functions(stack), parameters, vpcEndpointId });
});

/** Every method as `GET /path`, with what it says. */
function methodsOf(of: typeof template) {
  const resources = new Map(
    resourcesOf(of, "AWS::ApiGateway::Resource").map(([id, { Properties }]) => [id, Properties]),
  );
  const pathOf = (id: string): string => {
    const { PathPart, ParentId } = resources.get(id) ?? {};
    return PathPart === undefined ? "" : `${pathOf(ParentId.Ref ?? "")}/${PathPart}`;
  };
  return propertiesOf(of, "AWS::ApiGateway::Method").map((properties) => ({
    route: `${properties.HttpMethod} ${pathOf(properties.ResourceId.Ref)}`,
    ...properties,
  }));
}

/** A browser that opens the page has no key yet. */
const WITHOUT_KEY = ["GET /console", "GET /console/{file+}"];

test("the routes that are described: each needs the key, and one function answers all", () => {
  const methods = methodsOf(template).filter(({ route }) => !WITHOUT_KEY.includes(route));
  expect(methods.map(({ route }) => route).sort()).toEqual(Object.keys(ANSWERS).sort());
  for (const { ApiKeyRequired, Integration } of methods) {
    expect(ApiKeyRequired).toBe(true);
    expect(Integration).toMatchObject({ Type: "AWS_PROXY", IntegrationHttpMethod: "POST" });
    expect(rendered(Integration.Uri)).toContain("att-Handler");
  }
});

describe.each([
  { kind: "public", of: template },
  { kind: "private", of: maybePrivate },
])("the console of an API that is $kind", ({ of }) => {
  test("has the only routes that need no key, and another function answers them", () => {
    const methods = methodsOf(of).filter(({ ApiKeyRequired }) => ApiKeyRequired !== true);
    expect(methods.map(({ route }) => route).sort()).toEqual(WITHOUT_KEY);
    for (const { Integration, AuthorizationType } of methods) {
      expect(rendered(Integration.Uri)).toContain("att-Console");
      expect(AuthorizationType).toBe("NONE");
    }
  });

  test("throttles methods that there are: API Gateway ignores the settings of others", () => {
    const { MethodSettings } = theOnly(of, "AWS::ApiGateway::Stage");
    const routes = methodsOf(of).map(({ route }) => route);
    for (const { HttpMethod, ResourcePath } of MethodSettings.slice(1))
      expect(routes).toContain(`${HttpMethod} ${ResourcePath.slice(1).replaceAll("~1", "/")}`);
  });

  test("lets a page that is opened fetch all its files at once, for several people", () => {
    const { MethodSettings } = theOnly(of, "AWS::ApiGateway::Stage");
    const burst = Math.min(
      ...MethodSettings.filter(({ ResourcePath = "" }) => ResourcePath.includes("console")).map(
        ({ ThrottlingBurstLimit }: { ThrottlingBurstLimit: number }) => ThrottlingBurstLimit,
      ),
    );
    // Of the icons of the tab, one is shown at a time.
    const fetched = Object.keys(consoleFiles()).filter((name) => !(name in tabIcons()));
    expect(burst).toBeGreaterThanOrEqual(2 * (fetched.length + 1));
  });
});

describe("what API Gateway refuses by itself has the fields of every route's answers", () => {
  test.each<[type: string, says: RegExp, status?: string]>([
    ["INVALID_API_KEY", /x-api-key/],
    ["ACCESS_DENIED", /allowedCidrs/],
    ["MISSING_AUTHENTICATION_TOKEN", /Unknown route; .*GET \/summary/, "404"],
    ["REQUEST_TOO_LARGE", /10 MB/],
    ["DEFAULT_4XX", /^Because$/],
    ["DEFAULT_5XX", /^Internal error.*\$context\.requestId$/],
  ])("%s", (type, says, status) => {
    const { StatusCode, ResponseTemplates, ResponseParameters } =
      propertiesOf(template, "AWS::ApiGateway::GatewayResponse").find((it) => it.ResponseType === type) ?? {};
    expect(StatusCode).toBe(status);
    expect(ResponseParameters).toEqual({
      "gatewayresponse.header.cache-control": "'no-store'",
      "gatewayresponse.header.x-content-type-options": "'nosniff'",
    });
    // API Gateway puts the message in with its quotes.
    const answer = JSON.parse(
      ResponseTemplates["application/json"].replaceAll("$context.error.messageString", '"Because"'),
    );
    expect(answer).toMatchObject({ status: "Failed", error_urls: [], request_id: "", message: answer.error_message });
    expect(answer.error_message).toMatch(says);
  });
});

test("a change of the endpoint or of allowedCidrs alone gives the stage another deployment", () => {
  // The function answers after each change of a property, such as the endpoint's id ...
  expect(theOnly(maybePrivate, "Custom::ApiDeployment")).toMatchObject({
    Deployment: { Ref: idOf(maybePrivate, "AWS::ApiGateway::Deployment") },
    VpcEndpoint: { Ref: "vpce" },
    AllowedCidrs: { Ref: "allowedCidrs" },
  });
  // ... and the stage serves the deployment of its answer.
  expect(theOnly(maybePrivate, "AWS::ApiGateway::Stage").DeploymentId).toEqual({
    Ref: idOf(maybePrivate, "Custom::ApiDeployment"),
  });
  const redeploying = resourcesOf(maybePrivate, "AWS::Lambda::Function").find(([id]) => id.includes("Redeploying"));
  expect(redeploying?.[1].Properties.Environment.Variables.REST_API).toEqual({
    Ref: idOf(maybePrivate, "AWS::ApiGateway::RestApi"),
  });
});
