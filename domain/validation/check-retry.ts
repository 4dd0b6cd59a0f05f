import { MAX_TIMEOUT_MINUTES } from "../limits.ts";
import type { RequestItem } from "../request/request-item.ts";
import { parseTimestamp } from "../timestamps.ts";
import type { PartialPrewarmBody } from "./bodies.ts";
import { fieldsOf } from "./parse-body.ts";

/** A body, with the settings of the request that it retries for the fields that it leaves out. */
export function filledFrom(item: RequestItem, json: unknown): unknown {
  return { ...settingsOf(item), ...Object.fromEntries(fieldsOf(json).filter(([, value]) => value !== null)) };
}

/** Without the headers, which are not kept, and the invalidation, which would remove the objects that are cached. */
function settingsOf(item: RequestItem) {
  const { created_at, timeout_at, instances_asked, verify, downloads, scope, origin, cf_domain } = item;
  const { max_failures, max_bytes } = item;
  const ms = parseTimestamp(timeout_at) - parseTimestamp(created_at);
  // A direct run that was resumed has had more time than a request may ask for.
  const timeout = Math.min(MAX_TIMEOUT_MINUTES, Math.max(1, Math.round(ms / 60_000)));
  return {
    timeout,
    instance_count: instances_asked,
    verify,
    downloads,
    scope,
    origin,
    cf_domain,
    max_failures,
    max_bytes,
  };
}

/** Fields that a retry takes from the earlier request only: it warms exact pairs of URL and POP. */
export const FIELDS_FROM_RETRIED = [
  "url_list",
  "sources",
  "target_type",
  "pops",
  "countries",
  "regions",
  "skip_uncached",
] as const;

/** What else is wrong with the body of a retry. @param retried the request that it retries */
export function checkRetry(body: PartialPrewarmBody, retried: RequestItem): string[] {
  const { req_id: reqId, header_count: had, variant_names: names } = retried;
  const problems: string[] = [];
  const both = FIELDS_FROM_RETRIED.filter((name) => body[name] !== undefined);
  if (both.length > 0) problems.push(`retry_of: determines the URLs and the POPs; remove ${both.join(", ")}`);
  if (body.dry_run === true)
    problems.push(`dry_run: does not support retry_of; GET /summary of ${reqId} reports how many of its tasks failed`);
  if (had > 0 && (body.header ?? []).length === 0) {
    const lines = had === 1 ? "a header line" : `${had} header lines`;
    problems.push(`header: is required, because the request ${reqId} had ${lines}, which are not kept after its end`);
  }
  // Variants are identified by their names; their headers are not kept.
  const given = (body.variants ?? []).map(({ name }) => name);
  if (given.join() !== names.join())
    problems.push(
      names.length === 0
        ? `variants: the request ${reqId} had none; leave them out`
        : `variants: must have the same names in the same order: the request ${reqId} had ${names.join(", ")}; their headers are not kept ` +
            "after its end",
    );
  return problems;
}

/** Warnings of what is valid, but possibly a mistake. */
export function retryWarnings({ need_invalidate, invalidate }: PartialPrewarmBody): string[] {
  return [
    need_invalidate === true &&
      "need_invalidate: invalidates the retried URLs at every POP. POPs where they are already warm lose them, and this request does not warm them there again",
    invalidate !== undefined &&
      "invalidate: invalidates everything that its paths and tags match, at every POP; objects that were warm in that request are not warmed again",
  ].filter((warning) => warning !== false);
}
