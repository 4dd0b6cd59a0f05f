/**
 * Lambda's answers end at 6 MB, and a body is a string in the JSON of one: what counts is how long a URL is there, with
 * all that is escaped twice.
 */
const MAX_URL_BYTES = 5_000_000;

/** A failure in the shape of the route's own answer. */
export function errorBody(
  route: string,
  message: string,
  errorUrls: readonly string[],
  timestamp: string,
): Record<string, unknown> {
  if (route.endsWith("/instances")) return { status: "failure", timestamp, message };
  if (route === "POST /prewarm") {
    const told = fitting(errorUrls);
    const more =
      told.length === errorUrls.length
        ? ""
        : `; error_urls has ${told.length} of the ${errorUrls.length} bad URLs, for an answer has no room for more`;
    return {
      status: "Failed",
      error_message: message + more,
      error_urls: told,
      request_id: "",
      timestamp,
      timeout_at: "",
    };
  }
  return { status: "Failed", error_message: message, timestamp };
}

function fitting(urls: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = urls.findIndex((url) => {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(url)));
    return bytes > MAX_URL_BYTES;
  });
  return end === -1 ? urls : urls.slice(0, end);
}
