import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { tooManyHosts } from "../../domain/request/host-count.ts";
import { MAX_URLS } from "../../domain/request/limits.ts";
import { DEFAULT_ORDER, type Order } from "../../domain/request/order.ts";
import type { OriginLimits } from "../../domain/request/origin-limits.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Variant } from "../../domain/request/variants.ts";
import { DEFAULT_VERIFY, type Verify } from "../../domain/result/outcome.ts";
import type { Source } from "../../domain/sources/source.ts";
import type { SourceBuckets } from "../../domain/sources/source-buckets.ts";
import { checkDomain } from "./check-domain.ts";
import { checkHeaders } from "./check-headers.ts";
import { checkRetry, retryDoubts } from "./check-retry.ts";
import { checkSources, checkWhose } from "./check-sources.ts";
import { checkTargets } from "./check-targets.ts";
import { checkPaths, checkUrls, doubts, missingUrls } from "./check-urls.ts";
import { faultList } from "./fault-list.ts";
import type { PrewarmBody } from "./prewarm-body.ts";
import { RefusedError } from "./refused-error.ts";
import { doubtfulOrder } from "./variant-order.ts";

/** A POST /prewarm that can be carried out: all of it checked, defaults filled in. */
export interface PrewarmRequest {
  readonly urls: readonly string[];
  /** Where more of them come from. */
  readonly sources: readonly Source[];
  readonly cfDomain: string | undefined;
  readonly pops: readonly string[];
  readonly timeoutMinutes: number;
  readonly header: readonly string[];
  readonly instanceCount: number;
  readonly needInvalidate: boolean;
  /** Empty: each URL has one form. */
  readonly variants: readonly Variant[];
  readonly verify: Verify;
  readonly order: Order;
  readonly origin: OriginLimits | undefined;
  readonly maxFailures: number | undefined;
  readonly maxBytes: number | undefined;
  /** The request that it tries again: its POPs are that one's, and Get Size finds the URLs. */
  readonly retried: RequestItem | undefined;
  /** What is not wrong, but may not be what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Checks what a schema cannot, and reports everything that is wrong together.
 * @param caps of the deployment
 * @param buckets what its role may read of them
 * @param retried the request that the body names as `retry_of`
 * @throws RefusedError 400
 */
export function checkPrewarmRequest(
  body: PrewarmBody,
  caps: Caps,
  buckets: SourceBuckets = [],
  retried?: RequestItem,
): PrewarmRequest {
  const problems: string[] = [];
  problems.push(...missingUrls(body));
  const { urls, errorUrls } = checkUrls(body.url_list ?? [], problems);
  const cfDomain = checkDomain(body.cf_domain, problems);
  const sources = checkSources(body.sources, buckets, problems);
  // One that is wrong has its own message.
  if ((body.cf_domain ?? "") === "") {
    const hosts = tooManyHosts(urls);
    if (hosts !== undefined) problems.push(hosts);
    checkWhose(body.sources ?? [], urls, problems);
  }
  const header = body.header ?? [];
  const variants = body.variants ?? [];
  problems.push(...checkHeaders(header, variants), ...tooManyForms(urls.length, variants.length));
  const { pops, warnings } =
    retried === undefined ? checkTargets(body, problems) : { pops: retried.pops, warnings: retryDoubts(body) };
  if (retried !== undefined) problems.push(...checkRetry(body, retried));
  warnings.push(...doubtfulOrder(header, variants));
  problems.push(...beyondCaps(body, urls.length * Math.max(1, variants.length) * pops.length, caps));
  if (body.need_invalidate === true) {
    for (const url of checkPaths(urls, problems)) errorUrls.push(url);
    warnings.push(...doubts(urls));
  }
  if (problems.length > 0) throw new RefusedError(400, faultList(problems), errorUrls);
  return {
    urls,
    sources,
    cfDomain,
    pops,
    timeoutMinutes: body.timeout,
    header,
    instanceCount: body.instance_count,
    needInvalidate: body.need_invalidate ?? false,
    variants,
    verify: body.verify ?? DEFAULT_VERIFY,
    order: body.order ?? DEFAULT_ORDER,
    origin: body.origin,
    maxFailures: body.max_failures,
    maxBytes: body.max_bytes,
    retried,
    warnings,
  };
}

/** @param tasks as many as there will be if every URL is good and every POP resolves */
function beyondCaps(body: PrewarmBody, tasks: number, caps: Caps): string[] {
  const problems = [
    beyondCap(caps, "maxTimeout", "timeout", body.timeout),
    beyondCap(caps, "maxInstances", "instance_count", body.instance_count),
    beyondCap(
      caps,
      "maxTasks",
      body.variants === undefined ? "url_list times POPs" : "url_list times variants times POPs",
      tasks,
    ),
    beyondCap(caps, "maxRequestBytes", "max_bytes", body.max_bytes ?? 0),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function tooManyForms(urls: number, variants: number): string[] {
  const forms = urls * variants;
  if (forms <= MAX_URLS) return [];
  return [`variants: ${urls} URLs in ${variants} variants are ${forms}; at most ${MAX_URLS} together`];
}
