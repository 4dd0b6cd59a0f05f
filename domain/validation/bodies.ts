import * as z from "zod";
import {
  MAX_HEADERS,
  MAX_INSTANCES,
  MAX_INVALIDATE_ENTRIES,
  MAX_NAMES,
  MAX_ORIGIN_CONCURRENCY,
  MAX_REQUESTS_PER_SECOND,
  MAX_SOURCES,
  MAX_TIMEOUT_MINUTES,
  MAX_URLS,
  MAX_VARIANTS,
} from "../limits.ts";
import { asciiHost } from "../net/urls.ts";
import { FLAT_RATE_PLAN_NAMES, ORDERS } from "../request/options.ts";
import { SOURCE_TYPES } from "../request/source.ts";
import { VERIFY } from "../result/outcome.ts";
import { quoted } from "./api-error.ts";
import { checkHeaderLine, checkVariantName } from "./check-headers.ts";
import { checkInvalidate, checkInvalidatedPaths, checkTags } from "./check-invalidate.ts";
import { checkSource } from "./check-sources.ts";
import { checkUrls } from "./check-urls.ts";
import { bodyOf, distinctStrings, int, optional, required } from "./parse-body.ts";

const text = optional(z.string("must be a string"));
const flag = optional(z.boolean("must be true or false"));
const instances = int(`a whole number from 0 to ${MAX_INSTANCES}`, 0, MAX_INSTANCES);

/** An entry of `sources`, as the user writes it. */
const sourceFields = bodyOf({
  type: z
    .enum(SOURCE_TYPES, `must be one of ${SOURCE_TYPES.join(", ")}`)
    .describe("What the document is; `s3-prefix`: the keys below a prefix."),
  url: text.describe("Its address: https."),
  s3: text.describe("The same in a bucket: `s3://bucket/key`, or `s3://bucket/prefix` for `s3-prefix`."),
  base: text.describe("What the URLs begin with: of keys below a prefix, and of what is named without a host."),
  origin_path: text.describe("For `s3-prefix`: what keys begin with and URLs do not, such as `/static`."),
  since: text.describe("For `sitemap`: only entries whose `lastmod` is this or later, or not told. ISO 8601."),
}).meta({ id: "Source", description: "Where more URLs come from. Exactly one of `url` and `s3` is there." });

function names(meaning: string) {
  return optional(distinctStrings("names", MAX_NAMES, () => "must be a list of strings")).describe(meaning);
}

const requiredHeader = z
  .array(z.unknown(), "must be a list of 'Name: value'")
  .max(MAX_HEADERS, `must have at most ${MAX_HEADERS} lines`)
  .meta({ items: { type: "string" } })
  .pipe(z.array(z.string("must be a string of the form 'Name: value'").superRefine(checkHeaderLine)));

const variant = bodyOf({
  name: z.string("must be a string").superRefine(checkVariantName).describe("Letters, digits, `.`, `_`, `-`."),
  header: requiredHeader.describe("Lines of the form `Name: value`, sent in addition to the request's own."),
}).meta({ id: "Variant", description: "One form of each object that the cache keeps apart from others." });

const origin = bodyOf({
  requests_per_second: optional(
    z
      .number("must be a number")
      .positive("must be more than 0")
      .max(MAX_REQUESTS_PER_SECOND, `must be at most ${MAX_REQUESTS_PER_SECOND}`),
  ),
  concurrency: optional(int(`a whole number from 1 to ${MAX_ORIGIN_CONCURRENCY}`, 1, MAX_ORIGIN_CONCURRENCY)).describe(
    "Requests at once.",
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
  ).describe("Paths with a leading slash; `*` at the end stands for all that begin alike."),
  tags: optional(
    distinctStrings("tags", MAX_INVALIDATE_ENTRIES, () => "must be a list of cache tags", checkTags),
  ).describe("Cache tags, without `#`. The distribution must have a `CacheTagConfig`."),
}).meta({ id: "Invalidate", description: "What is invalidated first in each distribution of the request." });

const prewarmFields = bodyOf({
  // Whether it must be there depends on other fields.
  url_list: optional(
    distinctStrings("URLs", MAX_URLS, required("a list of absolute http(s) URLs"), checkUrls),
  ).describe(
    `Absolute http(s) URLs, at most ${MAX_URLS} different ones. Needed, unless \`sources\` or \`retry_of\` says which URLs.`,
  ),
  cf_domain: optional(z.string("must be a string").trim().transform(checkDomain)).describe(
    "The distribution: its `*.cloudfront.net` domain or one of its aliases; or a domain of a distribution tenant. Without it, the URLs' hosts decide.",
  ),
  target_type: optional(z.enum(["pop", "country", "region"], "must be one of pop, country, region")).describe(
    "Which of the next three lists counts. Without it, the one that is filled; `pop` if none is.",
  ),
  pops: names("POPs as `x-amz-cf-pop` names them. Empty: those of all regions but `cn`."),
  countries: names("English names (`south_korea`) or two-letter ISO codes (`KR`)."),
  regions: names("`apac`, `au`, `ca`, `cn`, `eu`, `jp`, `sa`, `us`."),
  timeout: int(`whole minutes from 1 to ${MAX_TIMEOUT_MINUTES}`, 1, MAX_TIMEOUT_MINUTES).describe(
    "Minutes. After them the request ends as TIMEOUT.",
  ),
  header: optional(requiredHeader).describe(
    "Lines of the form `Name: value`, sent with every size probe and every download.",
  ),
  instance_count: instances.describe("Instances to run. The group is raised to this number if it is smaller."),
  need_invalidate: flag.describe("Invalidates the good URLs first and waits until that is complete."),
  invalidate: optional(invalidate.transform(checkInvalidate)).describe(
    "Invalidates these paths and cache tags first, as `need_invalidate` does the URLs. Each counts as one path.",
  ),
  verify: optional(z.enum(VERIFY, `must be one of ${VERIFY.join(", ")}`)).describe(
    "How warmth is shown: by cache checks at the address of the download, at each address of the POP, or not at all.",
  ),
  variants: optional(
    z
      .array(variant, "must be a list of {name, header}")
      .min(1, "must have at least one variant; leave it out for one")
      .max(MAX_VARIANTS, `must have at most ${MAX_VARIANTS} variants`),
  ).describe("Each URL is warmed in each variant, in the order given."),
  order: optional(z.enum(ORDERS, `must be one of ${ORDERS.join(", ")}`)).describe(
    "Whether one POP of each regional cache downloads an object before the others ask.",
  ),
  origin: optional(origin).describe(
    "What all instances together may ask of the origin. What is left out has no limit.",
  ),
  flat_rate_plan: optional(z.enum(FLAT_RATE_PLAN_NAMES, `must be one of ${FLAT_RATE_PLAN_NAMES.join(", ")}`)).describe(
    "The flat-rate plan of the distribution, which CloudFront's API does not tell: `dry_run` answers which part of its month the request uses.",
  ),
  skip_uncached: flag.describe("Leaves out the URLs whose cache behavior caches nothing."),
  max_bytes: optional(int("a whole number of bytes, from 1", 1)).describe(
    "The request ends as FAILED before it downloads anything if its known sizes add up to more.",
  ),
  client_token: optional(
    z
      .string("must be a string")
      .regex(/^[\x21-\x7e]{1,64}$/, "must have 1 to 64 characters, and no spaces: letters, digits and punctuation"),
  ).describe("For 24 hours, the same token with the same body answers with the request that it made."),
  sources: optional(
    z
      .array(sourceFields.transform(checkSource), "must be a list of {type, url} or {type, s3}")
      .min(1, "must have at least one source; leave it out for none")
      .max(MAX_SOURCES, `must have at most ${MAX_SOURCES} sources`),
  ).describe("Where more URLs come from."),
  dry_run: flag.describe("Answers what the request would come to, as `estimate`, and makes nothing."),
  retry_of: optional(z.string("must be a string, the request_id of a request that has ended")).describe(
    "A request that has ended: what is not good in it is warmed, and nothing else.",
  ),
  max_failures: optional(int("a whole number of tasks, from 0", 0)).describe(
    "The request ends as FAILED once more tasks than this have failed.",
  ),
});

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
  .meta({ id: "PrewarmBody", description: "What to warm, where, and how. `null` leaves an optional field out." });

export type PrewarmBody = z.infer<typeof prewarmBodySchema>;

/** Body of POST /instances. */
export const instancesBodySchema = bodyOf({
  DesiredCapacity: instances.describe(
    "The group's new size. It becomes the wish of every active request; 0 pauses them.",
  ),
  req_id: optional(
    z.string("must be a string").min(1, "must not be empty").max(200, "must be at most 200 characters"),
  ).describe("A request. Needed with `force_stop`."),
  force_stop: flag.describe("Stops that request."),
})
  .refine((body) => body.force_stop !== true || body.req_id !== undefined, {
    path: ["req_id"],
    error: "is required with force_stop: the request to stop",
  })
  .meta({ id: "InstancesBody", description: "How many instances there are to be, and which request is stopped." });

export type InstancesBody = z.infer<typeof instancesBodySchema>;
