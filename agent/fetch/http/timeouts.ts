import { FIRST_BYTE_SECONDS } from "../../../domain/limits.ts";
import type { Failure } from "../../../domain/result/failure.ts";

/** Each limits one part of an attempt: none waits for ever, and a long download may take its time. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Unless the environment says otherwise. */
export const HEADERS_TIMEOUT_MS = FIRST_BYTE_SECONDS * 1_000;
/** Without a byte of the body. */
export const STALLED_BODY_TIMEOUT_MS = 30_000;
/** A body that comes more slowly than this for {@link RATE_WINDOW_MS} would keep an instance busy until the request ends. */
export const MIN_BYTES_PER_SECOND = 1_024;
export const RATE_WINDOW_MS = 60_000;
/**
 * A body may take BODY_TIME_MS, plus one second for each BYTES_PER_FURTHER_SECOND bytes received. With
 * MIN_BYTES_PER_SECOND alone, a body of 64 MB could take 18 hours.
 */
export const BODY_TIME_MS = 3_600_000;
export const BYTES_PER_FURTHER_SECOND = 32_768;
/** Below the 60 s after which CloudFront closes an idle connection, so that none is used as it closes. */
export const KEEP_ALIVE_MS = 45_000;
/** How long a connection must stay silent after its first response before it is reused: this detects servers that send more. */
export const FIRST_RESPONSE_QUIET_MS = 10;
/** How often connections are checked. A limit may be exceeded by this much. */
export const CHECK_TIME_MS = 250;

export function timeout(code: string, detail: string): Failure {
  return { reason: "timeout", code, detail };
}
