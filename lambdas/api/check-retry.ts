import type { RequestItem } from "../../domain/request/request-item.ts";
import type { PrewarmBody } from "./prewarm-body.ts";

/** What a retry has from the request before it alone: it warms exact pairs of these. */
const ITS_OWN = ["url_list", "sources", "target_type", "pops", "countries", "regions"] as const;

/** What is wrong with the body of a retry besides. @param before the request that it tries again */
export function checkRetry(body: PrewarmBody, before: RequestItem): string[] {
  const both = ITS_OWN.filter((name) => body[name] !== undefined);
  return [
    ...(both.length === 0 ? [] : [`retry_of: names the URLs and the POPs; leave out ${both.join(", ")}`]),
    ...(body.dry_run === true
      ? [`dry_run: tells nothing of a retry; GET /summary of ${before.req_id} says how many of its tasks are not good`]
      : []),
    ...checkHeader(body, before),
    ...checkVariants(body, before),
  ];
}

function checkHeader({ header = [] }: PrewarmBody, { req_id: reqId, header_count: had = 0 }: RequestItem): string[] {
  if (had === 0 || header.length > 0) return [];
  const lines = had === 1 ? "a header line" : `${had} header lines`;
  return [`header: is required, because the request ${reqId} had ${lines}, which are not kept after its end`];
}

/** Tasks are told apart by the names, so these are the same in the same order; what they send is not kept. */
function checkVariants(
  { variants = [] }: PrewarmBody,
  { req_id: reqId, variant_names: names = [] }: RequestItem,
): string[] {
  const given = variants.map(({ name }) => name);
  if (given.length === names.length && given.every((name, i) => name === names[i])) return [];
  if (names.length === 0) return [`variants: the request ${reqId} had none; leave them out`];
  const had = `the request ${reqId} had ${names.join(", ")}`;
  return [`variants: must have the same names in the same order: ${had}; what they send is not kept after its end`];
}

/** What is not wrong, but may not be what was meant. */
export function retryDoubts({ need_invalidate }: PrewarmBody): string[] {
  if (need_invalidate !== true) return [];
  return [
    "need_invalidate: takes the URLs that are tried again from every POP, also from those where they are good, and these are " +
      "not warmed again",
  ];
}
