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

/** What API Gateway says when it refuses a call itself. The local run's stand-in for it says the same. */
export const NO_KEY = "No valid API key: send it in the header x-api-key";
export const TOO_LARGE =
  "The body is too large: API Gateway takes 10 MB, Lambda 6 MB with every quote escaped; split the URLs over several requests";

/**
 * Answers of so many bytes are compressed for who accepts it: the console's script, long lists. Shorter ones never, so that a
 * `curl` with an Accept-Encoding header and without --compressed still shows what it got. The local run does the same.
 */
export const COMPRESSED_FROM_BYTES = 16_384;
