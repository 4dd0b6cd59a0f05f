import { MAX_URLS } from "../limits.ts";
import { asciiHost } from "../net/urls.ts";
import { knownNames, selectPops, suggestPops, type TargetType } from "../pops/select.ts";
import { beyondCap, type Caps } from "../request/caps.ts";
import { tooManyHosts } from "../request/distributions.ts";
import { DEFAULT_ORDER, type Order, type OriginLimits, type Variant } from "../request/options.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { Source } from "../request/source.ts";
import { DEFAULT_VERIFY, type Verify } from "../result/outcome.ts";
import type { SourceBuckets } from "../sources/buckets.ts";
import type { PrewarmBody } from "./bodies.ts";
import { checkHeaders, doubtfulOrder } from "./check-headers.ts";
import { checkSources, checkWhose } from "./check-sources.ts";
import { checkPaths, checkUrls, doubts, missingUrls } from "./check-urls.ts";
import { abbreviate, faultList, RefusedError } from "./refused-error.ts";

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

/** A name, with the scheme of a URL and the blanks that may stand around it. */
const MAX_DOMAIN_CHARACTERS = 300;

export function checkDomain(domain: string | undefined, problems: string[]): string | undefined {
  if (domain === undefined || domain === "") return undefined;
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

export function checkTargets(body: PrewarmBody, problems: string[]): { pops: string[]; warnings: string[] } {
  const filled = TARGET_TYPES.filter((it) => (body[LISTS[it]] ?? []).length > 0);
  const filledLists = filled.map((it) => LISTS[it]).join(", ");
  if (body.target_type === undefined && filled.length > 1) {
    problems.push(
      `target_type: is needed, because several lists are filled: ${filledLists}; one of ${filled.join(", ")}`,
    );
    return { pops: [], warnings: [] };
  }
  const type = body.target_type ?? filled[0] ?? "pop";
  const ignored = filled.filter((it) => it !== type).map((it) => LISTS[it]);
  const { pops, unknown } = selectPops(type, body[LISTS[type]] ?? []);
  if (unknown.length > 0) {
    const near = type === "pop" ? [...new Set(unknown.slice(0, MAX_NAMED).flatMap(suggestPops))] : [];
    const known = near.length > 0 ? `known there: ${near.join(", ")}` : `known: ${knownNames(type).join(", ")}`;
    const named = unknown.slice(0, MAX_NAMED).map((name) => `'${abbreviate(name)}'`);
    const more = unknown.length > MAX_NAMED ? ` and ${unknown.length - MAX_NAMED} more` : "";
    problems.push(`${LISTS[type]}: unknown ${named.join(", ")}${more}; ${known}`);
  }
  const warnings = ignored.map((list) => `${list}: ignored, because target_type is ${type}`);
  return { pops, warnings };
}

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
