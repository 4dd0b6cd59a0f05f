import type { VpcEndpoint } from "@aws-sdk/client-ec2";
import { fail, type Judgement, ok, warn } from "../judgement.ts";

export interface Endpoint {
  readonly vpc: string;
  readonly endpoint: VpcEndpoint;
}

/**
 * Whether a private API can be reached through an endpoint. Without private DNS, the API's own address does not lead there:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
 */
export function judgeEndpoint({ vpc, endpoint }: Endpoint): Judgement {
  const { ServiceName = "", State, VpcId, VpcEndpointType, PrivateDnsEnabled } = endpoint;
  const next = "name an interface endpoint for execute-api of that VPC, with private DNS";
  if (VpcEndpointType !== "Interface" || !ServiceName.endsWith(".execute-api"))
    return fail(`the endpoint is a ${VpcEndpointType} for ${ServiceName}`, next);
  if (VpcId !== vpc) return fail(`the endpoint is of ${VpcId}, not of ${vpc}`, next);
  // The API writes it in lower case, the type of the SDK does not.
  if (State?.toLowerCase() !== "available") return fail(`the endpoint is ${State}`, "wait until it is available");
  if (PrivateDnsEnabled === true) return ok("the endpoint is available, with private DNS");
  return warn("the endpoint has no private DNS", "turn private DNS on, or call the API by the endpoint's own name");
}
