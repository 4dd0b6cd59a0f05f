import { cutText } from "../result/failure.ts";

/** A call that the API rejects, or that failed: the HTTP status, what is wrong, and the URLs that are. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly statusCode: 400 | 403 | 404 | 409 | 429 | 500,
    message: string,
    readonly errorUrls: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A body may have a million faults: an answer with all of them would be many times as long as the body. */
const MAX_FAULTS = 50;

/** The first faults in one line, and how many more there are. */
export function faultList(faults: readonly string[]): string {
  const more = faults.length - MAX_FAULTS;
  const first = faults.slice(0, MAX_FAULTS).join("; ");
  return more > 0 ? `${first}; and ${more} more problems like these` : first;
}

/** The beginning of what a caller sent, in quotes. */
export function quoted(text: string): string {
  return `'${cutText(text, 100)}'`;
}

/**
 * The message of the HTTP 403 that API Gateway sends when the resource policy denies a call. The stack sets it for the gateway response
 * ACCESS_DENIED; the API has no authorizer, so only the resource policy causes that response.
 */
export const DENIED_BY_POLICY =
  "The resource policy of the API denies calls from this address: it allows the addresses in allowedCidrs, or callers through vpce (stack parameters)";

/** Whether a message of a 403 says so, in these words or in API Gateway's own. */
export function isDeniedByPolicy(message: string): boolean {
  return message === DENIED_BY_POLICY || /not authorized to perform: execute-api:Invoke/.test(message);
}

/** Headers of every answer of the API, refusals of API Gateway too: no cache keeps it, and no browser takes it for a page. */
export const API_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** The message of the HTTP 403 for a call that is no GET and has the stack's read-only key. */
export const READ_ONLY_KEY = "This API key is read-only: it allows GET. Use a key that may also POST";

/** Whether a message of a 429 names a daily limit of the deployment: then it is refused until the next day. */
export function isDailyLimit(message: string): boolean {
  return /\(stack parameter maxDaily\w+\)/.test(message);
}

/** What API Gateway says when it refuses a call itself. The local run's stand-in for it says the same. */
export const NO_KEY = "No valid API key: send it in the header x-api-key";
export const QUOTA_EXCEEDED = "Daily quota of the API key exceeded: stack parameter maxCallsPerDay";
export const TOO_LARGE =
  "The body is too large. The limits are 10 MB (API Gateway) and 6 MB after JSON escaping (Lambda). Split the URLs into several requests";
