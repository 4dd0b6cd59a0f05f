import * as z from "zod";
import { popSelectionSchema, popSourceFields } from "../domain/pops/pop-selection.ts";
import { statusSchema } from "../domain/request/lifecycle.ts";
import { readinessSchema, verdictSchema } from "../domain/request/readiness-schema.ts";
import { FAILURE_SUBJECTS } from "../domain/result/failure-groups.ts";

// What clients of the API read of its answers: fields of domain/api, each but the oldest with a default. The schemas there describe what
// this release answers, and refuse all else. A client may be of another release than the deployment: then one code that it does not know
// must not cost it the whole answer. A test compares both.

const count = z.number().catch(0);
const time = z.string();
const maybeText = z.string().nullable().catch(null);
const maybeNumber = z.number().nullable().catch(null);

export const warningSchema = z.object({
  code: z.string(),
  count,
  message: z.string(),
  examples: z.array(z.string()).catch([]),
});

export const failureExampleSchema = z.object({
  url: z.string().optional(),
  variant: z.string().optional(),
  pop: z.string().optional(),
  error: z.string().optional(),
  http_status: z.number().optional(),
});

/** Tasks that wait for their next attempt. A client may not know the code: `readReason` takes it for `other`. */
const retryingSchema = z.object({
  code: z.string(),
  tasks: count,
  next_attempt_by: time,
  examples: z.array(failureExampleSchema).catch([]),
});
export type Retrying = z.infer<typeof retryingSchema>;

/** A row of GET /requests. */
export const listedSchema = z.object({
  request_id: z.string(),
  status: statusSchema,
  created_at: time,
  last_update_time: time,
  timeout_at: time,
  timestamp: time,
  download_size: count,
  transferred_bytes: count,
  in_progress_size: count,
  total_size: count,
  percentage_complete: count,
  percentage_of: z.enum(["bytes", "tasks"]).catch("bytes"),
  available_task_count: count,
  in_progress_task_count: count,
  download_count: count,
  total_count: count,
  failed_count: count,
  warm_count: count,
  hit_count: count,
  regional_count: count,
  not_kept_count: count,
  bytes_per_second: count,
  instances_at_work: count,
  instance_count: count,
  estimated_finish_at: time.nullable().catch(null),
  retrying: z.array(retryingSchema).optional().catch(undefined),
  url_count: count,
  unreadable_urls: count.optional().catch(undefined),
  url_prefix: z.string().catch(""),
  /** ID of the API key that sent it. */
  key_id: z.string().optional().catch(undefined),
  reason: z.string().optional(),
  verdict: verdictSchema.optional().catch(undefined),
  warnings: z.array(warningSchema).catch([]),
});
export type Listed = z.infer<typeof listedSchema>;

export const requestsSchema = z.object({
  timestamp: time,
  requests: z.array(listedSchema),
  next: z.string().nullable().catch(null),
});
export type Requests = z.infer<typeof requestsSchema>;

/** A row of `?detail=pops`. */
export const popSchema = z.object({
  pop: z.string(),
  rec: z.string().nullable().catch(null),
  state: z.enum(["WAITING", "IN_PROGRESS", "DONE", "UNFINISHED", "NOT_RESOLVED"]).catch("IN_PROGRESS"),
  total_count: count,
  download_count: count,
  failed_count: count,
  warm_count: count,
  hit_count: count,
  regional_count: count,
  not_kept_count: count,
  download_size: count,
  transferred_bytes: count,
});
export type Pop = z.infer<typeof popSchema>;

/** The failures of one reason. */
export const failureSchema = z.object({
  /** A client may not know it: `readReason` takes it for `other`. */
  code: z.string(),
  subject: z.enum(FAILURE_SUBJECTS).catch("task"),
  tasks: count,
  pops: count,
  urls: z.number().nullable().catch(null),
  examples: z.array(failureExampleSchema).catch([]),
});
export type Failure = z.infer<typeof failureSchema>;

/** GET /prewarm. */
export const progressSchema = listedSchema.extend({
  retry_of: z.string().optional().catch(undefined),
  retried_by: z.string().optional().catch(undefined),
  readiness: readinessSchema.optional().catch(undefined),
  /** Empty if they were not asked for. */
  pops: z.array(popSchema).catch([]),
  failures: z.array(failureSchema).optional().catch(undefined),
  pop_count: count,
  sentence: z.string().catch(""),
  verify: z.string().optional().catch(undefined),
  downloads: z.union([z.string(), z.number()]).optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
  origin: z
    .object({ requests_per_second: z.number().optional(), concurrency: z.number().optional() })
    .optional()
    .catch(undefined),
  variant_names: z.array(z.string()).catch([]),
  accept_encoding: z.array(z.string()).catch([]),
});
export type Progress = z.infer<typeof progressSchema>;

/** GET /summary. */
export const summarySchema = z.object({
  request_id: z.string(),
  status: statusSchema,
  failed_count: count,
  sentence: z.string().nullish().catch(undefined),
  footnote: z.string().optional().catch(undefined),
  failure_pops: z.array(z.string()).catch([]),
  failure_urls: z.array(z.string()).catch([]),
  failure_urls_omitted: count,
  failure_pop_urls_report: z.string(),
  results_url: z.string().nullish().catch(undefined),
  reason: z.string().optional(),
  verdict: verdictSchema.optional().catch(undefined),
  readiness: readinessSchema.optional().catch(undefined),
  failures: z.array(failureSchema).optional().catch(undefined),
});
export type Summary = z.infer<typeof summarySchema>;

/** GET /instances. */
export const instancesSchema = z.object({ desiredcapacity: z.number() });

/** POST /instances. */
export const instancesSetSchema = z.object({ message: z.string() });

/** GET /settings. */
export const settingsSchema = z.object({
  env_name: z.string(),
  region: z.string(),
  version: z.string(),
  private: z.boolean().catch(false),
  caps: z
    .array(z.object({ parameter: z.string(), value: z.number().nullable(), unit: z.string(), bounds: z.string() }))
    .catch([]),
  distributions: z
    .object({ parameter: z.string(), allowed: z.array(z.string()) })
    .optional()
    .catch(undefined),
  source_buckets: z
    .object({ parameter: z.string(), allowed: z.array(z.string()) })
    .optional()
    .catch(undefined),
  instances: z
    .object({ types: z.array(z.string()) })
    .optional()
    .catch(undefined),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Undefined: a retry. */
const popSelection = popSelectionSchema.optional().catch(undefined);

/** POST /prewarm. */
export const startedSchema = z.object({
  request_id: z.string(),
  pop_selection: popSelection,
  warnings: z.array(z.string()).catch([]),
  skipped_urls: z.array(z.string()).catch([]),
});

const price = z.object({ dollars: count, requests: count, bytes: maybeNumber });

/** POST /prewarm with `dry_run`. */
export const estimatedSchema = z.object({
  pop_selection: popSelection,
  warnings: z.array(z.string()).catch([]),
  skipped_urls: z.array(z.string()).catch([]),
  estimate: z.object({
    urls: count,
    variants: z.number().catch(1),
    tasks: count,
    lower_bound: z.boolean().catch(false),
    sources: z.array(z.object({ from: z.string().catch(""), urls: count, done: z.boolean().catch(true) })).catch([]),
    pops: z.object({ count, excluded: z.array(z.string()).catch([]) }).catch({ count: 0, excluded: [] }),
    bytes: z.object({
      estimate: maybeNumber,
      unreadable: count,
      unreadable_urls: z.array(z.object({ url: z.string(), error: z.string().catch("") })).catch([]),
      sampled: count,
    }),
    transferred_bytes: maybeNumber,
    prices: z.object({ as_asked: price, downloads_1: price, regional: price }).optional().catch(undefined),
    origin_fetches: z.object({
      expected: count,
      size_questions: count,
      origin_shield: z.array(z.string()).catch([]),
      uncached: z
        .object({ urls: count, fetches: count, examples: z.array(z.string()).catch([]) })
        .catch({ urls: 0, fetches: 0, examples: [] }),
    }),
    instances: z.object({
      count,
      type: z.string().catch(""),
      minutes_to_finish: maybeNumber,
      binds: z.string().catch(""),
    }),
    dollars: z.object({
      total: count,
      lines: z.array(z.object({ line: z.string(), dollars: count, of: z.string().catch("") })).catch([]),
      prices_as_of: z.string().catch(""),
      not_included: z.array(z.string()).catch([]),
    }),
  }),
});
export type Estimated = z.infer<typeof estimatedSchema>;
export type Estimate = Estimated["estimate"];
export type Prices = NonNullable<Estimate["prices"]>;

/** GET /pops. Loose: who prints a row as JSON prints all of it. */
export const popsSchema = z.object({
  timestamp: time,
  count,
  source: popSourceFields.source.catch("catalogue"),
  discovered_at: popSourceFields.discovered_at.catch(null),
  warnings: z.array(z.string()).optional().catch(undefined),
  pops: z.array(
    z.looseObject({
      code: z.string(),
      city: maybeText,
      country: maybeText,
      rec: maybeText,
      last_resolved_at: maybeText,
      resolves: z.boolean().nullable().catch(null),
      regions: z.array(z.string()).catch([]),
      default_of: z.array(z.string()).catch([]),
    }),
  ),
});
export type PopList = z.infer<typeof popsSchema>;

/** GET /prewarm?detail=sent. Loose: a newer release may know more fields of the body, and all of them are sent again. */
export const sentSchema = z.object({
  sent: z.object({
    body: z.looseObject({
      /** Of a retry none, and no POPs. */
      url_list: z.array(z.string()).optional(),
      pops: z.array(z.string()).optional(),
      timeout: count,
      instance_count: count,
    }),
    variant_names: z.array(z.string()).catch([]),
    header_count: count,
    urls_omitted: count,
  }),
});
export type Sent = z.infer<typeof sentSchema>["sent"];

/** What every refusal has, whatever the route. `message` is API Gateway's own. */
export const refusalSchema = z.object({
  error_message: z.string().optional(),
  message: z.string().nullish(),
  error_urls: z.array(z.string()).catch([]),
});
