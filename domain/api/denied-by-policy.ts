/**
 * What API Gateway answers, with HTTP 403, to a call that the API's resource policy denies: the stack sets it for the response type
 * ACCESS_DENIED, and nothing else of the API denies access.
 */
export const DENIED_BY_POLICY =
  "The resource policy of the API denies calls from this address: it allows the addresses in allowedCidrs, or callers through vpce (parameters of the stack)";

/** Whether a message of a 403 says so, in these words or in API Gateway's own. */
export function isDeniedByPolicy(message: string): boolean {
  return message === DENIED_BY_POLICY || /not authorized to perform: execute-api:Invoke/.test(message);
}
