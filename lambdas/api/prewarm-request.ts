import * as z from "zod";
import { normalizeUrl } from "../../domain/net/urls.ts";
import { knownNames, selectPops, suggestPops, type TargetType } from "../../domain/pops/select.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { invalidationPath, isDoubtful } from "../../domain/request/invalidation-path.ts";
import {
  MAX_HEADERS,
  MAX_HOSTS,
  MAX_INSTANCES,
  MAX_NAMES,
  MAX_ORIGIN_CONCURRENCY,
  MAX_REQUESTS_PER_SECOND,
  MAX_TIMEOUT_MINUTES,
  MAX_URLS,
  MAX_VARIANTS,
} from "../../domain/request/limits.ts";
import { DEFAULT_ORDER, ORDERS, type Order } from "../../domain/request/order.ts";
import type { OriginLimits } from "../../domain/request/origin-limits.ts";
import type { Variant } from "../../domain/request/variants.ts";
import { DEFAULT_VERIFY, VERIFY, type Verify } from "../../domain/result/outcome.ts";
import { abbreviate } from "./abbreviate.ts";
import type { MoreFaults } from "./body.ts";
import { bodyOf, optional, requiredInt, requiredList } from "./body-fields.ts";
import { differentStrings, differentStringsOf } from "./body-lists.ts";
import { checkHeaders } from "./check-headers.ts";
import { faultList } from "./fault-list.ts";
import { RefusedError } from "./refused-error.ts";

const names = optional(
  differentStringsOf({ list: "a list of strings", entry: "a string", entries: "names", most: MAX_NAMES }),
);

const requiredHeader = z
  .array(z.unknown(), "must be a list of 'Name: value'")
  .max(MAX_HEADERS, `must have at most ${MAX_HEADERS} lines`)
  .pipe(z.array(z.string("must be a string of the form 'Name: value'")));

/** Body of POST /prewarm, as the user writes it. */
export const prewarmBodySchema = bodyOf({
  url_list: differentStringsOf(
    { list: "a list of absolute http(s) URLs", entry: "a string", entries: "URLs", most: MAX_URLS },
    requiredList("absolute http(s) URLs"),
  ).refine((urls) => urls.length > 0, "must have at least one URL"),
  cf_domain: optional(z.string("must be a string").trim()),
  target_type: optional(z.enum(["pop", "country", "region"], "must be one of pop, country, region")),
  pops: names,
  countries: names,
  regions: names,
  timeout: requiredInt(`whole minutes from 1 to ${MAX_TIMEOUT_MINUTES}`)
    .min(1, "must be at least 1 minute")
    .max(MAX_TIMEOUT_MINUTES, `must be at most ${MAX_TIMEOUT_MINUTES} minutes`),
  header: optional(requiredHeader),
  instance_count: requiredInt(`a whole number from 0 to ${MAX_INSTANCES}`)
    .min(0, "must not be negative")
    .max(MAX_INSTANCES, `must be at most ${MAX_INSTANCES}`),
  need_invalidate: optional(z.boolean("must be true or false")),
  verify: optional(z.enum(VERIFY, `must be one of ${VERIFY.join(", ")}`)),
  variants: optional(
    z
      .array(
        bodyOf({
          name: z.string("must be a string"),
          header: requiredHeader,
        }),
        "must be a list of {name, header}",
      )
      .min(1, "must have at least one variant; leave it out for one")
      .max(MAX_VARIANTS, `must have at most ${MAX_VARIANTS} variants`),
  ),
  order: optional(z.enum(ORDERS, `must be one of ${ORDERS.join(", ")}`)),
  origin: optional(
    bodyOf({
      requests_per_second: optional(
        z
          .number("must be a number")
          .positive("must be more than 0")
          .max(MAX_REQUESTS_PER_SECOND, `must be at most ${MAX_REQUESTS_PER_SECOND}`),
      ),
      concurrency: optional(
        requiredInt(`a whole number from 1 to ${MAX_ORIGIN_CONCURRENCY}`)
          .min(1, "must be at least 1")
          .max(MAX_ORIGIN_CONCURRENCY, `must be at most ${MAX_ORIGIN_CONCURRENCY}`),
      ),
    }),
  ),
  max_bytes: optional(requiredInt("a whole number of bytes, from 1").min(1, "must be at least 1 byte")),
  client_token: optional(
    z
      .string("must be a string")
      .regex(/^[\x21-\x7e]{1,64}$/, "must have 1 to 64 characters, and no spaces: letters, digits and punctuation"),
  ),
  max_failures: optional(requiredInt("a whole number of tasks, from 0").min(0, "must not be negative")),
});

export type PrewarmBody = z.infer<typeof prewarmBodySchema>;

/** A POST /prewarm that can be carried out: all of it checked, defaults filled in. */
export interface PrewarmRequest {
  readonly urls: readonly string[];
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
  /** What is not wrong, but may not be what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Checks what a schema cannot, and reports everything that is wrong together.
 * @param caps of the deployment
 * @throws RefusedError 400
 */
export function checkPrewarmRequest(body: PrewarmBody, caps: Caps): PrewarmRequest {
  const problems: string[] = [];
  const { urls, errorUrls } = checkUrls(body.url_list, problems);
  const cfDomain = checkDomain(body.cf_domain, problems);
  if (cfDomain === undefined) checkHosts(urls, problems);
  const header = body.header ?? [];
  const variants = body.variants ?? [];
  problems.push(...checkHeaders(header, variants), ...tooManyForms(urls.length, variants.length));
  const { pops, warnings } = checkTargets(body, problems);
  problems.push(...beyondCaps(body, urls.length * Math.max(1, variants.length) * pops.length, caps));
  if (body.need_invalidate === true) {
    errorUrls.push(...checkPaths(urls, problems));
    warnings.push(...doubts(urls));
  }
  if (problems.length > 0) throw new RefusedError(400, faultList(problems), errorUrls);
  return {
    urls,
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

/** What is wrong with the URLs of a body that has other faults too: all bad ones are told at once, whatever else is. */
export function checkUrlsAlone(json: unknown): MoreFaults {
  const problems: string[] = [];
  const list = z.object({ url_list: z.array(z.unknown()) }).safeParse(json).data?.url_list ?? [];
  const different = differentStrings(list, MAX_URLS);
  // The schema has refused so many, and to look at each of them would take longer than the answer is worth.
  if (different.size > MAX_URLS) return { problems, errorUrls: [] };
  const { errorUrls } = checkUrls(different, problems);
  return { problems, errorUrls };
}

function tooManyForms(urls: number, variants: number): string[] {
  const forms = urls * variants;
  if (forms <= MAX_URLS) return [];
  return [`variants: ${urls} URLs in ${variants} variants are ${forms}; at most ${MAX_URLS} together`];
}

function checkUrls(list: Iterable<string>, problems: string[]): { urls: string[]; errorUrls: string[] } {
  const urls = new Set<string>();
  const errorUrls: string[] = [];
  let first = "";
  for (const text of list) {
    const result = normalizeUrl(text);
    if ("url" in result) urls.add(result.url);
    else {
      if (errorUrls.length === 0) first = `'${abbreviate(text)}' ${result.problem}`;
      errorUrls.push(text);
    }
  }
  if (errorUrls.length > 0) {
    const others = errorUrls.length > 1 ? ` and ${errorUrls.length - 1} more (see error_urls)` : "";
    problems.push(`url_list: ${first}${others}; absolute http:// or https:// URLs are needed`);
  }
  return { urls: [...urls], errorUrls };
}

/** Said before anything is started: the step that invalidates could only end the request. @returns the URLs it is about */
function checkPaths(urls: readonly string[], problems: string[]): string[] {
  const bad = urls.flatMap((url) => {
    const answer = invalidationPath(new URL(url));
    return "problem" in answer ? [{ url, problem: answer.problem }] : [];
  });
  const [first] = bad;
  if (first === undefined) return [];
  const others = bad.length > 1 ? ` and ${bad.length - 1} more (see error_urls)` : "";
  problems.push(
    `need_invalidate: '${abbreviate(first.url)}' ${first.problem}${others}; send such URLs in a request without need_invalidate`,
  );
  return bad.map(({ url }) => url);
}

function doubts(urls: readonly string[]): string[] {
  const doubtful = urls.filter((url) => isDoubtful(new URL(url)));
  if (doubtful.length === 0) return [];
  return [
    `need_invalidate: ${doubtful.length} URLs have a ~, such as '${abbreviate(doubtful[0] ?? "")}'; it is not sure that CloudFront ` +
      "invalidates these, so check one of them afterwards",
  ];
}

/** A name, with the scheme of a URL and the blanks that may stand around it. */
const MAX_DOMAIN_CHARACTERS = 300;

function checkDomain(domain: string | undefined, problems: string[]): string | undefined {
  if (domain === undefined || domain === "") return undefined;
  if (domain.length > MAX_DOMAIN_CHARACTERS) {
    problems.push(`cf_domain: has ${domain.length} characters; a domain name has at most 253`);
    return undefined;
  }
  // A URL pasted instead of a name is clear enough, and common.
  const name = domain
    .replace(/^https?:\/\//i, "")
    .replace(/\/$/, "")
    .toLowerCase();
  if (/^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name)) return name;
  problems.push(`cf_domain: '${abbreviate(domain)}' is not a domain name, such as d111111abcdef8.cloudfront.net`);
  return undefined;
}

function checkHosts(urls: readonly string[], problems: string[]): void {
  const hosts = new Set(urls.map((url) => new URL(url).hostname));
  if (hosts.size > MAX_HOSTS) {
    problems.push(
      `cf_domain: is needed, because the URLs have ${hosts.size} different hosts (without it at most ${MAX_HOSTS})`,
    );
  }
}

const LISTS = { pop: "pops", country: "countries", region: "regions" } as const satisfies Record<TargetType, string>;

const TARGET_TYPES = ["pop", "country", "region"] as const satisfies readonly TargetType[];

/** An answer must fit what Lambda may return, however much nonsense was asked for. */
const MAX_NAMED = 50;

function checkTargets(body: PrewarmBody, problems: string[]): { pops: string[]; warnings: string[] } {
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
