import type { IncomingHttpHeaders } from "node:http";

/** Which service and operation an HTTP request is for. */
export interface AwsCall {
  /** As in a signature's scope: `dynamodb`, `sqs`, `s3`, `autoscaling`, `scheduler`, `cloudfront`. */
  readonly service: string;
  /** The API's name of the operation; for REST services, the HTTP method. */
  readonly operation: string;
}

/** Reads service and operation of a request, in any of AWS's protocols. */
export function readAwsCall(method: string, headers: IncomingHttpHeaders, body: Buffer): AwsCall {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "");
  const service = scope?.[1] ?? "unknown";
  const target = headers["x-amz-target"];
  if (typeof target === "string") return { service, operation: target.slice(target.lastIndexOf(".") + 1) };
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const action = new URLSearchParams(body.toString("utf8")).get("Action");
    if (action !== null) return { service, operation: action };
  }
  return { service, operation: method };
}
