import * as z from "zod";
import {
  MAX_HEADERS,
  MAX_INSTANCES,
  MAX_INVALIDATE_ENTRIES,
  MAX_NAMES,
  MAX_ORIGIN_CONCURRENCY,
  MAX_REQUESTS_PER_SECOND,
  MAX_SOURCE_HOSTS,
  MAX_SOURCES,
  MAX_TIMEOUT_MINUTES,
  MAX_URLS,
  MAX_VARIANTS,
} from "../limits.ts";
import { asciiHost } from "../net/urls.ts";
import { SOURCE_TYPES } from "../request/source.ts";
import { DEFAULT_DOWNLOADS, DEFAULT_SCOPE, DOWNLOADS, SCOPES } from "../result/downloads.ts";
import { DEFAULT_VERIFY, VERIFY } from "../result/outcome.ts";
import { quoted } from "./api-error.ts";
import { checkHeaderLine, checkVariantName } from "./check-headers.ts";
import { checkInvalidate, checkInvalidatedPaths, checkTags } from "./check-invalidate.ts";
import { checkSource } from "./check-sources.ts";
import { checkUrls } from "./check-urls.ts";
import { bodyOf, distinctStrings, int, optional, type RemovedFields, required } from "./parse-body.ts";

const text = optional(z.string("must be a string"));
const flag = optional(z.boolean("must be true or false")).meta({ default: false });
const instances = int(`a whole number from 0 to ${MAX_INSTANCES}`, 0, MAX_INSTANCES);

/** An entry of `sources`, as the user writes it. */
const sourceFields = bodyOf({
  type: z.enum(SOURCE_TYPES, `must be one of ${SOURCE_TYPES.join(", ")}`).describe("Type of the source."),
  url: text.describe("`https://` URL of the document. Send either `url` or `s3`."),
  s3: text.describe("Location in a bucket: `s3://bucket/key` or `s3://bucket/prefix`."),
  base: text.describe(
    "With `s3`: beginning of URLs without a host, such as `https://www.example.com/`. Required with `s3-prefix`.",
  ),
  origin_path: text.describe(
    "With `s3-prefix`: origin path, which the keys have and the URLs lack, such as `/static`.",
  ),
  since: text.describe(
    "With `sitemap`: only entries changed since this date, or time with a zone, and entries without `lastmod`.",
  ),
  hosts: optional(distinctStrings("hosts", MAX_SOURCE_HOSTS, () => "must be a list of host names")).describe(
    "Further hosts whose documents may be read, in addition to the hosts of the distribution, of `url` and of `base`.",
  ),
}).meta({ id: "Source", description: "A document or bucket prefix with URLs." });

function names(meaning: string) {
  return optional(distinctStrings("names", MAX_NAMES, () => "must be a list of strings")).describe(meaning);
}

const requiredHeader = z
  .array(z.unknown(), "must be a list of 'Name: value'")
  .max(MAX_HEADERS, `must have at most ${MAX_HEADERS} lines`)
  .meta({ items: { type: "string" } })
  .pipe(z.array(z.string("must be a string of the form 'Name: value'").superRefine(checkHeaderLine)));

const variant = bodyOf({
  name: z.string("must be a string").superRefine(checkVariantName).describe("Letters, digits, `.`, `_` and `-`."),
  header: requiredHeader.describe("Lines `Name: value`, in addition to those of the request."),
}).meta({ id: "Variant", description: "A variant of each object." });

const origin = bodyOf({
  requests_per_second: optional(
    z
      .number("must be a number")
      .positive("must be more than 0")
      .max(MAX_REQUESTS_PER_SECOND, `must be at most ${MAX_REQUESTS_PER_SECOND}`),
  ).describe("Maximum rate."),
  concurrency: optional(int(`a whole number from 1 to ${MAX_ORIGIN_CONCURRENCY}`, 1, MAX_ORIGIN_CONCURRENCY)).describe(
    "Maximum concurrency.",
  ),
});

/** A name, with the scheme of a URL. Longer ones are not parsed: that takes time by the square of the length. */
const MAX_DOMAIN_CHARACTERS = 300;

/** @returns the name in lower case; undefined: it is empty */
function checkDomain(domain: string, context: z.RefinementCtx): string | undefined {
  if (domain === "") return undefined;
  // A URL pasted instead of a name is clear enough, and common.
  const text = domain.replace(/^https?:\/\//i, "").replace(/\/$/, "");
  const name = domain.length > MAX_DOMAIN_CHARACTERS ? undefined : asciiHost(text);
  if (name !== undefined && /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name))
    return name;
  context.addIssue(`${quoted(domain)} is not a domain name, such as d111111abcdef8.cloudfront.net`);
  return undefined;
}

const invalidate = bodyOf({
  paths: optional(
    distinctStrings(
      "paths",
      MAX_INVALIDATE_ENTRIES,
      () => "must be a list of paths, such as '/patch/*'",
      checkInvalidatedPaths,
    ),
  ).describe("Paths, such as `/patch/*`."),
  tags: optional(
    distinctStrings("tags", MAX_INVALIDATE_ENTRIES, () => "must be a list of cache tags", checkTags),
  ).describe("Cache tags. The distribution needs a `CacheTagConfig`."),
}).meta({ id: "Invalidate", description: "What to invalidate. At least one entry is required." });

function wrongVerify(value: unknown): string {
  return value === "addresses"
    ? '"addresses" was removed: the addresses of a POP share their cache; use "edge"'
    : `must be one of ${VERIFY.join(", ")}`;
}

/** Fields of earlier bodies of POST /prewarm, with what replaces them. */
const REMOVED_FIELDS: RemovedFields = {
  order: "order was removed: the lead's phase is always first; `scope` chooses POPs or regional edge caches",
};

const prewarmShape = {
  // Whether it must be there depends on other fields.
  url_list: optional(
    distinctStrings("URLs", MAX_URLS, required("a list of absolute http(s) URLs"), checkUrls),
  ).describe("Absolute `http://` or `https://` URLs on the default port. Fragments and duplicates are removed."),
  cf_domain: optional(z.string("must be a string").trim().transform(checkDomain)).describe(
    "Domain name of the distribution or distribution tenant. Absent: the hosts of the URLs decide.",
  ),
  target_type: optional(z.enum(["pop", "country", "region"], "must be one of pop, country, region")).describe(
    "Which of the next three lists applies. Required if two are not empty.",
  ),
  pops: names(
    "Codes of POPs, as in `x-amz-cf-pop`. If all three lists are empty: the default sets of all regions but `cn`, about 30 POPs.",
  ),
  countries: names("Names (`south_korea`) or ISO codes (`KR`)."),
  regions: names("`apac`, `au`, `ca`, `cn`, `eu`, `jp`, `sa`, `us`: each selects its default set."),
  timeout: int(`whole minutes from 1 to ${MAX_TIMEOUT_MINUTES}`, 1, MAX_TIMEOUT_MINUTES).describe(
    "Required without `retry_of`. Minutes after which the request ends as TIMEOUT.",
  ),
  header: optional(requiredHeader).describe(
    "Lines `Name: value` for all requests to CloudFront. Without `Accept-Encoding`, Prewarm sends `gzip, deflate, br`.",
  ),
  instance_count: instances.describe(
    "Required without `retry_of`. Instances that the request needs. The group grows to this number. 0: wait for POST /instances.",
  ),
  need_invalidate: flag.describe(
    "Invalidate the URLs first, and wait. Each is billed as a path. The distribution must be in this account.",
  ),
  invalidate: optional(invalidate.transform(checkInvalidate)).describe(
    "Invalidate these paths and cache tags first, and wait.",
  ),
  verify: optional(z.enum(VERIFY, { error: ({ input }) => wrongVerify(input) })).meta({
    description: "`edge`: check after the downloads whether the cache keeps the object. `off`: no check.",
    default: DEFAULT_VERIFY,
  }),
  downloads: optional(z.literal(DOWNLOADS, `must be one of ${DOWNLOADS.join(", ")} (1 and 2 are numbers)`)).meta({
    description:
      "Whole downloads of an object by a task. CloudFront admits an object to a POP on its second request. `auto`: a second download unless a response shows that the POP keeps the object. `1`: half the bytes; the object may be in the regional edge cache (REC) only.",
    default: DEFAULT_DOWNLOADS,
  }),
  scope: optional(z.enum(SCOPES, `must be one of ${SCOPES.join(", ")}`)).meta({
    description:
      "Caches to warm. `pop`: the selected POPs. `regional`: only their regional edge caches (RECs), by one download each; needs `verify: edge` and not `downloads: 2`.",
    default: DEFAULT_SCOPE,
  }),
  variants: optional(
    z
      .array(variant, "must be a list of {name, header}")
      .min(1, "must have at least one variant; leave it out for one")
      .max(MAX_VARIANTS, `must have at most ${MAX_VARIANTS} variants`),
  ).describe("Warm each URL in each variant, in this order."),
  origin: optional(origin).describe("Limits for requests of all instances to the origin. Absent: no limit."),
  skip_uncached: flag.describe("Omit URLs whose cache behavior does not cache."),
  max_bytes: optional(int("a whole number of bytes, from 1", 1)).describe(
    "If all downloads and checks would transfer more, by the known sizes, the request ends as FAILED before its downloads. Absent: no limit but the deployment's.",
  ),
  client_token: optional(
    z
      .string("must be a string")
      .regex(/^[\x21-\x7e]{1,64}$/, "must have 1 to 64 characters, and no spaces: letters, digits and punctuation"),
  ).describe(
    "Idempotency token, 1–64 ASCII characters without spaces. Send the same token with each attempt of a call: for 24 hours, the same token and fields, in any order, return the same request. A rejected call frees its token.",
  ),
  sources: optional(
    z
      .array(sourceFields.transform(checkSource), "must be a list of {type, url} or {type, s3}")
      .min(1, "must have at least one source; leave it out for none")
      .max(MAX_SOURCES, `must have at most ${MAX_SOURCES} sources`),
  ).describe("Documents and bucket prefixes with more URLs."),
  dry_run: flag.describe("Return an estimate and make no request; `client_token` is ignored."),
  retry_of: optional(z.string("must be a string, the request_id of a request that has ended")).describe(
    "ID of a request that has ended. The new request warms what failed in it, with its settings. Omit `url_list`, `sources`, `target_type`, `pops`, `countries`, `regions`, `skip_uncached` and `dry_run`.",
  ),
  max_failures: optional(int("a whole number of tasks, from 0", 0)).describe(
    "If more tasks fail, the request ends as FAILED. 0: at the first failure. Absent: no limit.",
  ),
};

const prewarmFields = bodyOf(prewarmShape, REMOVED_FIELDS);

/** Fields of a body of POST /prewarm that has faults in others. */
export const partialPrewarmBodySchema = prewarmFields.partial().strip();
export type PartialPrewarmBody = z.infer<typeof partialPrewarmBodySchema>;

/** Body of POST /prewarm, as the user writes it. */
export const prewarmBodySchema = prewarmFields
  .refine(
    ({ url_list: urls, sources, retry_of: retried }) => urls?.length || sources !== undefined || retried !== undefined,
    {
      path: ["url_list"],
      error: "is required: a list of absolute http(s) URLs, at least one",
      // Also where other fields have faults, so that one answer reports all of them.
      when: ({ value, issues }) =>
        typeof value === "object" && value !== null && issues.every(({ path }) => path?.[0] !== "url_list"),
    },
  )
  .meta({ id: "PrewarmBody", description: "What to warm, where, and how." });

export type PrewarmBody = z.infer<typeof prewarmBodySchema>;

/** Body of POST /instances. */
export const instancesBodySchema = bodyOf({
  DesiredCapacity: instances.describe("New number of instances."),
  req_id: optional(
    z.string("must be a string").min(1, "must not be empty").max(200, "must be at most 200 characters"),
  ).describe("The request to stop. Required with `force_stop`; otherwise only checked."),
  force_stop: flag.describe("Stop this request."),
})
  .refine((body) => body.force_stop !== true || body.req_id !== undefined, {
    path: ["req_id"],
    error: "is required with force_stop: the request to stop",
  })
  .meta({ id: "InstancesBody", description: "The number of instances, and the request to stop." });

export type InstancesBody = z.infer<typeof instancesBodySchema>;
