import { shortId } from "../../client/request-ids.ts";
import { parseUrl } from "../../domain/net/urls.ts";

/** What a request is called: the common prefix of its URLs without the scheme, or its id if they have none. */
export function titleOf({
  url_prefix,
  request_id,
}: {
  readonly url_prefix: string;
  readonly request_id: string;
}): string {
  const prefix = url_prefix.replace(/^https?:\/\//, "");
  return prefix === "" ? shortId(request_id) : prefix;
}

/** The host of its URLs, or its id if they have none in common. */
export function hostOf(request: Parameters<typeof titleOf>[0]): string {
  return parseUrl(request.url_prefix)?.host || shortId(request.request_id);
}
