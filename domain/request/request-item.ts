import * as z from "zod";
import { storedSettingsSchema } from "../distribution/stored-settings.ts";
import { countSchema, NO_COUNT } from "../result/count.ts";
import { downloadsSchema, scopeSchema } from "../result/downloads.ts";
import { cutText } from "../result/failure.ts";
import { verifySchema } from "../result/outcome.ts";
import { countedUseSchema } from "./daily-use.ts";
import { distributionSchema } from "./distributions.ts";
import { pathsAndTagsSchema } from "./invalidation.ts";
import { EXPANDED, statusSchema } from "./lifecycle.ts";
import { originLimitsSchema, variantSchema } from "./options.ts";
import { readinessSchema, verdictSchema } from "./readiness-schema.ts";
import { sourceReadSchema, sourceSchema } from "./source.ts";
import { taskQueueNameSchema } from "./task-queue-name.ts";

/** What an id may look like. DynamoDB refuses an empty key, one of more than 2,048 bytes, and one with half a character in it. */
const POSSIBLE_ID = /^[\x21-\x7e]{1,200}$/;

/**
 * Whether there may be a request of that id: the tables need not be asked about others. Ids come from callers, and from results and
 * messages, which an instance may forge.
 */
export function isPossibleId(reqId: string): boolean {
  return POSSIBLE_ID.test(reqId);
}

/** So many examples, of so many characters each: an item is billed by the kilobyte, and written again and again. */
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE = 300;

/** The good URLs whose headers say that a cache may not keep them, as Get Size saw them. */
export const uncacheableUrlsSchema = z.object({
  count: z.number().int().nonnegative(),
  /** A few of them: the URL, and the header. */
  examples: z.array(z.string()),
});
export type UncacheableUrls = z.infer<typeof uncacheableUrlsSchema>;

/** @param url one more; `obstacle`: the header that is in the way */
export function withUncacheable({ count, examples }: UncacheableUrls, url: string, obstacle: string): UncacheableUrls {
  const example = cutText(`${obstacle} of ${url}`, MAX_EXAMPLE);
  return { count: count + 1, examples: count < MAX_EXAMPLES ? [...examples, example] : examples };
}

export const NO_UNCACHEABLE_URLS: UncacheableUrls = { count: 0, examples: [] };

const count = z.number().int().nonnegative();

/** Instances that Auto Scaling was to provide and has not, and when that was first seen: milliseconds since the epoch. */
const missingInstancesSchema = z.object({ count, since: z.number() });
export type MissingInstances = z.infer<typeof missingInstancesSchema>;

/** Present exactly while a request is active, so that the index on it lists the active ones and nothing else. */
export const ACTIVE = "y";
export const ACTIVE_INDEX = "active";

/** Present while a request has ended and still holds something, so that the index on it lists those and nothing else. */
export const CLOSING = "y";
export const CLOSING_INDEX = "closing";

/** On every request, so that the index on it lists them all, the newest first. */
export const LISTED = "y";
export const NEWEST_INDEX = "newest";

/** One item of the Request table: a POST /prewarm, where it stands and what it counted. */
export const requestItemSchema = z.object({
  req_id: z.string(),
  status: statusSchema,
  active: z.literal(ACTIVE).optional(),
  listed: z.literal(LISTED),
  created_at: z.string(),
  last_update_time: z.string(),
  timeout_at: z.string(),
  /** Time of the last `prewarm resume` of a direct run, from which its timeout counts. Absent: never resumed. */
  resumed_at: z.string().optional(),
  /** TTL: seconds since the epoch. */
  expire_at: count,

  // What was asked for.
  /** Different URLs, whatever the number of their variants. */
  url_count: count,
  /** What all of its URLs begin with. */
  url_prefix: z.string().optional(),
  cf_domain: z.string().optional(),
  pops: z.array(z.string()),
  /** Empty once the request has ended: there may be secrets in it, and only tasks need it. */
  header: z.array(z.string()),
  instance_count: count,
  need_invalidate: z.boolean(),
  /** What is invalidated besides its URLs. Absent: nothing. */
  invalidate: pathsAndTagsSchema.optional(),
  /** How warmth is shown. */
  verify: verifySchema,
  /** Whole downloads of each object. */
  downloads: downloadsSchema,
  /** Caches that are warmed. */
  scope: scopeSchema,
  /** In the order in which each URL is warmed. Absent: one, `header` alone. Empty, as `header`, once it has ended. */
  variants: z.array(variantSchema).optional(),
  origin: originLimitsSchema.optional(),
  /** Where more of its URLs come from. Empty, as `header`, once they are read or it has ended. Absent: nowhere else. */
  sources: z.array(sourceSchema).optional(),
  /** The same without secrets, and what each has given. Absent: it has none. */
  sources_read: z.array(sourceReadSchema).optional().catch(undefined),
  /** Set once the URLs of its sources are in its list. */
  expanded: z.literal(EXPANDED).optional(),
  /** What its tasks ask for: see `acceptEncodingsOf`. */
  accept_encoding: z.array(z.string()).optional().catch(undefined),
  /** How many lines `header` had, and the names that `variants` had: a retry brings them again. */
  header_count: count,
  variant_names: z.array(z.string()),
  /** Instances that its caller asked for: `instance_count` changes. */
  instances_asked: count,
  /** ID of the API key that it was sent with, not the key itself. Absent: API Gateway named none. */
  key_id: z.string().optional(),
  /** The request whose tasks that are not good it warms. Absent: it is none that is tried again. */
  retry_of: z.string().optional(),
  /** The request that tries this one again. */
  retried_by: z.string().optional(),
  /** It ends once more tasks than this have failed. Absent: it goes on. */
  max_failures: count.optional(),
  /** Bytes that it may download in all. Absent: as many as the deployment's cap allows. */
  max_bytes: count.optional(),
  /** Whether URLs that no cache keeps are left out. Absent: they are warmed like others. */
  skip_uncached: z.boolean().optional(),
  /** Those of `url_list` that were left out, and a few of them. Absent: none. */
  skipped_urls: uncacheableUrlsSchema.optional().catch(undefined),
  /** Of the distributions whose settings could be read when it was made. Absent: of none. */
  distribution_settings: z.array(storedSettingsSchema).optional().catch(undefined),

  // What is to be done. Bytes count only where the size is known.
  total_count: count,
  total_size: count,
  /** False when the size of any good URL could not be told: progress is then counted in tasks. */
  sizes_known: z.boolean(),
  distributions: z.array(distributionSchema),
  /** How many tasks each target of a distribution has, by the distribution's label. */
  tasks_per_target: z.record(z.string(), count),
  /** What it counts for the daily limits, until it has ended and that is corrected. Absent: nothing. */
  counted_use: countedUseSchema.optional().catch(undefined),
  /** Good URLs whose headers say that they may never be kept. Absent: none of those that were asked, or nobody looked. */
  may_not_be_kept: uncacheableUrlsSchema.optional().catch(undefined),
  /** URLs that Get Size could not read in any variant. Absent: none. */
  unreadable_urls: count.optional().catch(undefined),
  /** Over how many partition keys the results are spread. */
  shards: z.number().int().positive(),
  /** The queue that its tasks go through. */
  lane: taskQueueNameSchema,
  /** Targets (POP and distribution) whose tasks are to be queued, and those whose tasks are. */
  targets_total: count,
  targets_sent: count,
  /** When the last of these was, in milliseconds since the epoch. Absent: none was. */
  sent_at: z.number().optional(),
  /** How many batches of paths and tags are invalidated, by the id of their distribution or tenant. */
  invalidated_batches: z.record(z.string(), count).catch({}),

  // What is done: written once, at its end. An instance writes what is added up, so any number is readable.
  ...countSchema.shape,

  /** The highest percentage that the API has reported before the final count. Absent: none. */
  max_reported_percentage: count.optional(),

  /** Written by Watch while its tasks wait. Absent: no instance is missing. */
  missing_instances: missingInstancesSchema.optional(),

  /** With scope `regional`: the limit that keeps POPs without a REC that is shown from leading for themselves. Absent: none does. */
  not_extended: z.string().optional(),

  // How it ends.
  /** When the task queue was empty while the request was stalled, in milliseconds since the epoch. */
  empty_seen_at: z.number().optional(),
  /** How often the recount found tasks missing and queued them again. */
  requeues: count,
  /** How often Watch restarted a step that had stalled. */
  nudges: count,
  /** Key of the report, once it stands. */
  report: z.string().optional(),
  /** Key of the file of all results, once it stands. */
  results: z.string().optional(),
  /** The readiness verdict and its basis, written with the report. An unknown value is read as absent. */
  verdict: verdictSchema.optional().catch(undefined),
  readiness: readinessSchema.optional().catch(undefined),
  /** With scope `regional`: bitmaps of the indexes of POPs that led and of those that are covered, written with the report. */
  pop_coverage: z.object({ lead: z.hex(), covered: z.hex() }).optional().catch(undefined),
  /** Set when it ends, taken off when it is closed. */
  closing: z.literal(CLOSING).optional(),
  /** Set once its end was published on the event bus. */
  announced: z.boolean().optional(),
  /** Set once all resources of the request are released: timer, instances, messages. */
  closed: z.boolean().optional(),
  /** Why a FAILED request failed, for its operator. */
  reason: z.string().optional(),
});

export type RequestItem = z.infer<typeof requestItemSchema>;

/** What the results and messages of an active request depend on. */
export const activeRequestSchema = requestItemSchema.pick({ req_id: true, active: true, lane: true, expire_at: true });
export type ActiveRequest = z.infer<typeof activeRequestSchema>;

/** What a request's item says of its work before any of it is known or done. */
export const NEW_REQUEST_DEFAULTS = {
  total_count: 0,
  total_size: 0,
  sizes_known: true,
  distributions: [],
  tasks_per_target: {},
  shards: 1,
  lane: "main",
  targets_total: 0,
  targets_sent: 0,
  invalidated_batches: {},
  ...NO_COUNT,
  requeues: 0,
  nudges: 0,
  closed: false,
} satisfies Partial<RequestItem>;

/**
 * A request as the index of all requests shows it: what GET /prewarm says of one that has ended. What takes kilobytes is left
 * out, because an index is paid for by its size.
 */
export const listedRequestSchema = requestItemSchema.pick({
  req_id: true,
  status: true,
  active: true,
  created_at: true,
  last_update_time: true,
  timeout_at: true,
  expire_at: true,
  url_count: true,
  url_prefix: true,
  instance_count: true,
  key_id: true,
  total_count: true,
  total_size: true,
  sizes_known: true,
  download_count: true,
  download_size: true,
  transferred_bytes: true,
  failed_count: true,
  warm_count: true,
  hit_count: true,
  regional_count: true,
  not_kept_count: true,
  may_not_be_kept: true,
  unreadable_urls: true,
  reason: true,
  verdict: true,
  max_reported_percentage: true,
});

export type ListedRequest = z.infer<typeof listedRequestSchema>;

/** What the index has beside its keys. */
export const LISTED_ATTRIBUTES: readonly string[] = listedRequestSchema
  .keyof()
  .options.filter((name) => name !== "req_id" && name !== "created_at");

/** Where a page of the list ends: the next one begins behind this request. */
export const requestCursorSchema = z.object({ req_id: z.string(), created_at: z.string() });
export type RequestCursor = z.infer<typeof requestCursorSchema>;
