import { firstOf, keysOf, MAX_NAMED } from "../collections.ts";
import { MAX_URLS } from "../limits.ts";
import { urlPrefix } from "../net/urls.ts";
import { type LivePops, NO_LIVE_POPS } from "../pops/discovered-pops.ts";
import type { PopSelection } from "../pops/pop-selection.ts";
import { describeSelection, knownNames, selectPops, suggestPops, type TargetType } from "../pops/select.ts";
import { beyondCap, type Caps, taskFactors } from "../request/caps.ts";
import { tooManyHosts } from "../request/distributions.ts";
import { ACTIVE, LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../request/request-item.ts";
import { notYetRead } from "../request/source.ts";
import { DEFAULT_DOWNLOADS, DEFAULT_SCOPE } from "../result/downloads.ts";
import { DEFAULT_VERIFY } from "../result/outcome.ts";
import type { SourceBuckets } from "../sources/buckets.ts";
import { expiresAt, formatTimestamp } from "../timestamps.ts";
import { ApiError, faultList, quoted } from "./api-error.ts";
import { type PartialPrewarmBody, type PrewarmBody, partialPrewarmBodySchema, prewarmBodySchema } from "./bodies.ts";
import { acceptEncodingsOf, checkHeaders, unencryptedHeaderWarnings, variantOrderWarnings } from "./check-headers.ts";
import { coverWarnings } from "./check-invalidate.ts";
import { checkRetry, filledFrom, retryWarnings } from "./check-retry.ts";
import { checkBuckets, namesNoHost } from "./check-sources.ts";
import { checkPaths } from "./check-urls.ts";
import { faultsOf, fieldsOf } from "./parse-body.ts";

/** A POST /prewarm that can be carried out: all of it checked, defaults filled in. */
export interface PrewarmRequest {
  /** Its item as it begins. */
  readonly item: RequestItem;
  readonly urls: readonly string[];
  /** Whether its caller named each POP or country, so that no other POP will do. */
  readonly arePopsNamed: boolean;
  /** How its POPs were chosen. Undefined: it is a retry, and has those of the request before. */
  readonly popSelection: PopSelection | undefined;
  /** What is valid, but possibly a mistake. */
  readonly warnings: readonly string[];
}

/** What a deployment allows, and what the new item has besides the body. */
interface RequestRules {
  readonly reqId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly caps: Caps;
  /** What the deployment's role may read of buckets. @default nothing */
  readonly sourceBuckets?: SourceBuckets;
  /** Facts on which POPs exist now. @default none */
  readonly live?: LivePops | undefined;
  /** ID of the API key of the call. @default none */
  readonly keyId?: string | undefined;
  /** The request that the body names as `retry_of`: its POPs and settings are those of the new one, and Get Size finds the URLs. */
  readonly retried?: RequestItem | undefined;
}

/**
 * Checks a body, and reports everything that is wrong together: rules for several fields and rules of the deployment apply to the
 * fields that are valid by themselves.
 * @throws ApiError 400
 */
export function checkPrewarmRequest(
  asked: unknown,
  rules: RequestRules,
): PrewarmRequest & { readonly body: PrewarmBody } {
  const { retried, caps, sourceBuckets = [] } = rules;
  const json = retried === undefined ? asked : filledFrom(retried, asked);
  const parsed = prewarmBodySchema.safeParse(json);
  const { problems, urls: errorUrls, fields } = faultsOf(parsed.error?.issues ?? []);
  // Of a body with faults, the fields without any.
  const valid = fieldsOf(json).filter(([name]) => !fields.has(name));
  const body = parsed.data ?? partialPrewarmBodySchema.parse(Object.fromEntries(valid));
  const isValid = (...names: (keyof PrewarmBody)[]) => !names.some((name) => fields.has(name));
  const { url_list: urls = [], header = [], variants = [], sources = [], need_invalidate: invalidates = false } = body;
  const { invalidate } = body;
  const covering = invalidate?.paths ?? [];
  problems.push(...checkBuckets(sources, sourceBuckets), ...checkHeaders(header, variants));
  if (body.cf_domain === undefined && isValid("cf_domain", "url_list", "sources")) {
    const hosts = tooManyHosts(urls);
    if (hosts !== undefined) problems.push(hosts);
    if (namesNoHost(sources, urls))
      problems.push(
        "cf_domain: is required, because neither url_list nor a url or base in sources identifies the distribution",
      );
  }
  const urlVariants = urls.length * variants.length;
  if (urlVariants > MAX_URLS)
    problems.push(
      `variants: ${urls.length} URLs × ${variants.length} variants are ${urlVariants}; the limit is ${MAX_URLS}`,
    );
  const warnings = [
    ...variantOrderWarnings(header, variants),
    ...unencryptedHeaderWarnings(header, variants, urls),
    ...(invalidate === undefined || sources.length > 0 ? [] : coverWarnings(invalidate, urls)),
  ];
  let pops = retried?.pops ?? [];
  let arePopsNamed = true;
  let popSelection: PopSelection | undefined;
  if (retried !== undefined) {
    warnings.unshift(...retryWarnings(body));
    if (isValid("header", "variants")) problems.push(...checkRetry(body, retried));
  } else if (isValid("target_type", "pops", "countries", "regions")) {
    const targets = checkTargets(body, problems, rules.live);
    warnings.unshift(...targets.warnings);
    ({ pops, arePopsNamed, popSelection } = targets);
  }
  const tasks = Math.max(urls.length, urlVariants) * pops.length;
  problems.push(...checkScope(body), ...beyondCaps(body, tasks, caps));
  if (invalidates) errorUrls.push(...checkPaths(urls, covering, problems));
  if (parsed.data === undefined || problems.length > 0) throw new ApiError(400, faultList(problems), errorUrls);
  const item = newRequestItem(parsed.data, pops, rules);
  return { body: parsed.data, item, urls, arePopsNamed, popSelection, warnings };
}

/** Conflicts of `scope` with other fields: a regional edge cache gets one download, and only a check shows that it keeps the object. */
function checkScope({ scope, verify, downloads }: PartialPrewarmBody): string[] {
  if (scope !== "regional") return [];
  return [
    verify === "off" && "scope: regional needs verify: edge",
    downloads === 2 &&
      "downloads: must be auto or 1 with scope: regional, which downloads an object once per regional edge cache",
  ].filter((problem) => problem !== false);
}

/** The item of a new request. */
function newRequestItem(body: PrewarmBody, pops: string[], { reqId, now, keyId, retried }: RequestRules): RequestItem {
  const { url_list: urls = [], header = [], variants, sources } = body;
  return {
    req_id: reqId,
    status: "CREATED",
    active: ACTIVE,
    listed: LISTED,
    key_id: keyId,
    ...timesFrom(now, body.timeout),
    // Of a retry, Get Size finds how many are left.
    url_count: retried?.url_count ?? urls.length,
    url_prefix: retried?.url_prefix ?? urlPrefix(urls),
    retry_of: retried?.req_id,
    cf_domain: body.cf_domain,
    pops,
    header,
    accept_encoding: acceptEncodingsOf({ header, variants }),
    header_count: header.length,
    variant_names: variants?.map(({ name }) => name) ?? [],
    instance_count: body.instance_count,
    instances_asked: body.instance_count,
    need_invalidate: body.need_invalidate ?? false,
    invalidate: body.invalidate,
    verify: body.verify ?? DEFAULT_VERIFY,
    downloads: body.downloads ?? DEFAULT_DOWNLOADS,
    scope: body.scope ?? DEFAULT_SCOPE,
    variants,
    origin: body.origin,
    sources,
    sources_read: sources?.map(notYetRead),
    max_failures: body.max_failures,
    max_bytes: body.max_bytes,
    skip_uncached: body.skip_uncached,
    ...NEW_REQUEST_DEFAULTS,
  };
}

/** The times of a request that begins now. @param timeout in minutes */
export function timesFrom(now: number, timeout: number) {
  return {
    created_at: formatTimestamp(now),
    last_update_time: formatTimestamp(now),
    timeout_at: formatTimestamp(now + timeout * 60_000),
    expire_at: expiresAt(now),
  };
}

/** @param tasks as many as there will be if every URL is good and every POP resolves */
function beyondCaps(body: PartialPrewarmBody, tasks: number, caps: Caps): string[] {
  return [
    beyondCap(caps, "maxTimeout", "timeout", body.timeout ?? 0),
    beyondCap(caps, "maxInstances", "instance_count", body.instance_count ?? 0),
    beyondCap(caps, "maxTasks", taskFactors(body.variants !== undefined), tasks),
    beyondCap(caps, "maxRequestBytes", "max_bytes", body.max_bytes ?? 0),
  ].filter((problem) => problem !== undefined);
}

const TARGET_FIELDS = { pop: "pops", country: "countries", region: "regions" } as const satisfies Record<
  TargetType,
  string
>;

function checkTargets(body: PartialPrewarmBody, problems: string[], live = NO_LIVE_POPS) {
  const filled = keysOf(TARGET_FIELDS).filter((it) => (body[TARGET_FIELDS[it]] ?? []).length > 0);
  if (body.target_type === undefined && filled.length > 1) {
    const lists = filled.map((it) => TARGET_FIELDS[it]).join(", ");
    problems.push(
      `target_type: is required, because several lists have entries: ${lists}. Use one of ${filled.join(", ")}`,
    );
    return { pops: [], arePopsNamed: true, popSelection: undefined, warnings: [] };
  }
  const type = body.target_type ?? filled[0] ?? "pop";
  const names = body[TARGET_FIELDS[type]] ?? [];
  const { pops, unknown } = selectPops(type, names, live);
  if (unknown.length > 0) {
    const near = type === "pop" ? [...new Set(unknown.slice(0, MAX_NAMED).flatMap(suggestPops))] : [];
    const known = near.length > 0 ? `known there: ${near.join(", ")}` : `known: ${knownNames(type).join(", ")}`;
    problems.push(`${TARGET_FIELDS[type]}: unknown ${firstOf(unknown, MAX_NAMED, quoted)}; ${known}`);
  }
  const ignored = filled.filter((it) => it !== type);
  const arePopsNamed = type !== "region" && filled.includes(type);
  return {
    pops,
    arePopsNamed,
    popSelection: describeSelection(type, names, pops, live),
    warnings: [
      ...ignored.map((it) => `${TARGET_FIELDS[it]}: ignored, because target_type is ${type}`),
      // Named POPs do not depend on the list.
      ...(live.note === undefined || (type === "pop" && names.length > 0) ? [] : [live.note]),
    ],
  };
}
