/** A failure in the shape of the route's own answer, but for its timestamp. */
export function errorBody(route: string, message: string, errorUrls: readonly string[]): Record<string, unknown> {
  if (route.endsWith("/instances")) return { status: "failure", message };
  if (route === "POST /prewarm") {
    return { status: "Failed", error_message: message, error_urls: errorUrls, request_id: "", timeout_at: "" };
  }
  return { status: "Failed", error_message: message };
}
