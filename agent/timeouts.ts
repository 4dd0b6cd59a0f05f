/** Each bounds a part of one attempt, so that none waits for ever and a long download may still take its time. */
export const CONNECT_TIMEOUT_MS = 5_000;
export const HEADERS_TIMEOUT_MS = 30_000;
/** Without a byte of the body. */
export const STALLED_BODY_TIMEOUT_MS = 30_000;
