/** A failure in the shape of the route's own answer. */
export function errorBody(
  route: string,
  message: string,
  errorUrls: readonly string[],
  timestamp: string,
): Record<string, unknown> {
  if (route.endsWith("/instances")) return { status: "failure", timestamp, message };
  if (route === "POST /prewarm") {
    return {
      status: "Failed",
      error_message: message,
      error_urls: errorUrls,
      request_id: "",
      timestamp,
      timeout_at: "",
    };
  }
  return { status: "Failed", error_message: message, timestamp };
}
