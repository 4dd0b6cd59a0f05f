/**
 * Answers of so many bytes are compressed for who accepts it: the console's script, long lists. Shorter ones never, so that a
 * `curl` with an Accept-Encoding header and without --compressed still shows what it got. The local run does the same.
 */
export const COMPRESSED_FROM_BYTES = 16_384;
