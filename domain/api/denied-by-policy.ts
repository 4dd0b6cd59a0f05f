/**
 * The message of the HTTP 403 that API Gateway sends when the resource policy denies a call. The stack sets it for the gateway response
 * ACCESS_DENIED; the API has no authorizer, so only the resource policy causes that response.
 */
export const DENIED_BY_POLICY =
  "The resource policy of the API denies calls from this address: it allows the addresses in allowedCidrs, or callers through vpce (parameters of the stack)";

/** Whether a message of a 403 says so, in these words or in API Gateway's own. */
export function isDeniedByPolicy(message: string): boolean {
  return message === DENIED_BY_POLICY || /not authorized to perform: execute-api:Invoke/.test(message);
}
