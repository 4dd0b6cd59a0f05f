import { MAX_URLS } from "../limits.ts";
import { asciiHost, urlPrefix } from "../net/urls.ts";
import { knownNames, selectPops, suggestPops, type TargetType } from "../pops/select.ts";
import { beyondCap, type Caps } from "../request/caps.ts";
import { tooManyHosts } from "../request/distributions.ts";
import { DEFAULT_ORDER, type Order, type OriginLimits, type Variant } from "../request/options.ts";
import { ACTIVE, LISTED, NOTHING_YET, type RequestItem } from "../request/request-item.ts";
import { notYetRead, type Source } from "../request/source.ts";
import { DEFAULT_VERIFY, type Verify } from "../result/outcome.ts";
import type { SourceBuckets } from "../sources/buckets.ts";
import { expiresAt, formatTimestamp } from "../timestamps.ts";
import { ApiError, abbreviate, faultList, firstOf } from "./api-error.ts";
import type { PrewarmBody } from "./bodies.ts";
import { checkHeaders, doubtfulOrder } from "./check-headers.ts";
import { checkRetry, retryDoubts } from "./check-retry.ts";
import { checkSources, checkWhose } from "./check-sources.ts";
import { checkPaths, checkUrls, doubts, missingUrls } from "./check-urls.ts";

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

/** What a deployment allows, and what a retry goes on with. */
interface RequestRules {
  readonly caps: Caps;
  /** What the deployment's role may read of buckets. @default nothing */
  readonly sourceBuckets?: SourceBuckets;
  /** The request that the body names as `retry_of`. */
  readonly retried?: RequestItem | undefined;
}

/** Checks what a schema cannot, and reports everything that is wrong together. @throws ApiError 400 */
export function checkPrewarmRequest(
  body: PrewarmBody,
  { caps, sourceBuckets = [], retried }: RequestRules,
): PrewarmRequest {
  const { header = [], variants = [], need_invalidate: needInvalidate = false } = body;
  const problems = missingUrls(body);
  const { urls, errorUrls } = checkUrls(body.url_list ?? [], problems);
  const cfDomain = checkDomain(body.cf_domain, problems);
  const sources = checkSources(body.sources, sourceBuckets, problems);
  // One that is wrong has its own message.
  if ((body.cf_domain ?? "") === "") {
    const hosts = tooManyHosts(urls);
    if (hosts !== undefined) problems.push(hosts);
    checkWhose(body.sources ?? [], urls, problems);
  }
  problems.push(...checkHeaders(header, variants));
  const forms = urls.length * variants.length;
  if (forms > MAX_URLS)
    problems.push(
      `variants: ${urls.length} URLs in ${variants.length} variants are ${forms}; at most ${MAX_URLS} together`,
    );
  const { pops, warnings } =
    retried === undefined ? checkTargets(body, problems) : { pops: retried.pops, warnings: retryDoubts(body) };
  if (retried !== undefined) problems.push(...checkRetry(body, retried));
  warnings.push(...doubtfulOrder(header, variants));
  problems.push(...beyondCaps(body, Math.max(urls.length, forms) * pops.length, caps));
  if (needInvalidate) {
    for (const url of checkPaths(urls, problems)) errorUrls.push(url);
    warnings.push(...doubts(urls));
  }
  if (problems.length > 0) throw new ApiError(400, faultList(problems), errorUrls);
  return {
    urls,
    sources,
    cfDomain,
    pops,
    timeoutMinutes: body.timeout,
    header,
    instanceCount: body.instance_count,
    needInvalidate,
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
  const what = body.variants === undefined ? "url_list times POPs" : "url_list times variants times POPs";
  return [
    beyondCap(caps, "maxTimeout", "timeout", body.timeout),
    beyondCap(caps, "maxInstances", "instance_count", body.instance_count),
    beyondCap(caps, "maxTasks", what, tasks),
    beyondCap(caps, "maxRequestBytes", "max_bytes", body.max_bytes ?? 0),
  ].filter((problem) => problem !== undefined);
}

/** A name, with the scheme of a URL and the blanks that may stand around it. */
const MAX_DOMAIN_CHARACTERS = 300;

function checkDomain(domain = "", problems: string[]): string | undefined {
  if (domain === "") return undefined;
  if (domain.length > MAX_DOMAIN_CHARACTERS) {
    problems.push(`cf_domain: has ${domain.length} characters; a domain name has at most 253`);
    return undefined;
  }
  // A URL pasted instead of a name is clear enough, and common.
  const name = asciiHost(domain.replace(/^https?:\/\//i, "").replace(/\/$/, ""));
  if (name !== undefined && /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name))
    return name;
  problems.push(`cf_domain: '${abbreviate(domain)}' is not a domain name, such as d111111abcdef8.cloudfront.net`);
  return undefined;
}

const LISTS = { pop: "pops", country: "countries", region: "regions" } as const satisfies Record<TargetType, string>;

const TARGET_TYPES = ["pop", "country", "region"] as const satisfies readonly TargetType[];

/** An answer must fit what Lambda may return, however much nonsense was asked for. */
const MAX_NAMED = 50;

function checkTargets(body: PrewarmBody, problems: string[]): { pops: string[]; warnings: string[] } {
  const filled = TARGET_TYPES.filter((it) => (body[LISTS[it]] ?? []).length > 0);
  if (body.target_type === undefined && filled.length > 1) {
    const lists = filled.map((it) => LISTS[it]).join(", ");
    problems.push(`target_type: is needed, because several lists are filled: ${lists}; one of ${filled.join(", ")}`);
    return { pops: [], warnings: [] };
  }
  const type = body.target_type ?? filled[0] ?? "pop";
  const { pops, unknown } = selectPops(type, body[LISTS[type]] ?? []);
  if (unknown.length > 0) {
    const near = type === "pop" ? [...new Set(unknown.slice(0, MAX_NAMED).flatMap(suggestPops))] : [];
    const known = near.length > 0 ? `known there: ${near.join(", ")}` : `known: ${knownNames(type).join(", ")}`;
    const names = unknown.map((name) => `'${abbreviate(name)}'`);
    problems.push(`${LISTS[type]}: unknown ${firstOf(names, MAX_NAMED)}; ${known}`);
  }
  const ignored = filled.filter((it) => it !== type);
  return { pops, warnings: ignored.map((it) => `${LISTS[it]}: ignored, because target_type is ${type}`) };
}

/** The item of a request that was just asked for. */
export function newRequestItem(reqId: string, request: PrewarmRequest, now: Date): RequestItem {
  const { urls, sources, retried, variants, header } = request;
  return {
    req_id: reqId,
    status: "CREATED",
    active: ACTIVE,
    listed: LISTED,
    created_at: formatTimestamp(now),
    last_update_time: formatTimestamp(now),
    timeout_at: formatTimestamp(new Date(now.getTime() + request.timeoutMinutes * 60_000)),
    expire_at: expiresAt(now),
    // Of a retry, Get Size finds how many are left.
    url_count: retried?.url_count ?? urls.length,
    url_prefix: retried?.url_prefix ?? urlPrefix(urls),
    retry_of: retried?.req_id,
    cf_domain: request.cfDomain,
    pops: [...request.pops],
    header: [...header],
    header_count: header.length,
    variant_names: variants.map(({ name }) => name),
    instance_count: request.instanceCount,
    instances_asked: request.instanceCount,
    need_invalidate: request.needInvalidate,
    verify: request.verify,
    order: request.order,
    variants: variants.length === 0 ? undefined : [...variants],
    origin: request.origin,
    sources: sources.length === 0 ? undefined : [...sources],
    sources_read: sources.length === 0 ? undefined : sources.map(notYetRead),
    max_failures: request.maxFailures,
    max_bytes: request.maxBytes,
    ...NOTHING_YET,
  };
}
