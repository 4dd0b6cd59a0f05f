import * as z from "zod";
import {
  instancesSchema,
  instancesSetSchema,
  popsSchema,
  settingsSchema,
} from "../../domain/api/deployment-answers.ts";
import { popProgressSchema } from "../../domain/api/detail-answers.ts";
import {
  listedRequestSchema,
  progressSchema as progressAnswer,
  summarySchema,
} from "../../domain/api/request-answers.ts";
import { startedSchema } from "../../domain/api/started-answer.ts";
import { estimateSchema } from "../../domain/cost/estimate.ts";
import { readinessSchema, verdictSchema } from "../../domain/request/readiness-schema.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import { FAILURE_SUBJECTS } from "../../domain/result/failure-groups.ts";

/**
 * What the command reads of the answers: fields of domain/api, without those that it does not use. A deployment may be of another
 * release than the command, so what only a newer one says may be absent, and what only it knows does no harm.
 */

const failures = z.array(
  z.object({
    code: z.enum(failureReasons).catch("other"),
    subject: z.enum(FAILURE_SUBJECTS).catch("task"),
    tasks: z.number(),
    pops: z.number(),
    urls: z.number().nullish(),
    examples: z.array(
      z.object({
        url: z.string().optional(),
        variant: z.string().optional(),
        pop: z.string().optional(),
        error: z.string().optional(),
        http_status: z.number().optional(),
      }),
    ),
  }),
);
export type Failures = z.infer<typeof failures>;

const warnings = z.array(z.object({ count: z.number(), message: z.string(), examples: z.array(z.string()) }));

const seen = progressAnswer
  .pick({
    request_id: true,
    status: true,
    created_at: true,
    last_update_time: true,
    timestamp: true,
    percentage_complete: true,
    total_size: true,
    download_size: true,
    in_progress_size: true,
    available_task_count: true,
    in_progress_task_count: true,
    total_count: true,
    download_count: true,
    failed_count: true,
    warm_count: true,
    hit_count: true,
    not_kept_count: true,
    bytes_per_second: true,
    instances_at_work: true,
    estimated_finish_at: true,
    instance_count: true,
    timeout_at: true,
    reason: true,
  })
  .extend({ verdict: verdictSchema.nullish().catch(undefined), warnings });

export const progressSchema = seen.extend({
  readiness: readinessSchema.optional().catch(undefined),
  pops: z.array(popProgressSchema.extend({ state: z.string() })).optional(),
  failures: failures.optional(),
});
export type Progress = z.infer<typeof progressSchema>;
export type PopProgress = NonNullable<Progress["pops"]>[number];

const listed = seen.extend(listedRequestSchema.pick({ url_count: true, url_prefix: true }).shape);
export type ListedRequest = z.infer<typeof listed>;

export const listSchema = z.object({ requests: z.array(listed), next: z.string().nullable() });
export type List = z.infer<typeof listSchema>;

export const summaryAnswerSchema = summarySchema
  .pick({
    request_id: true,
    status: true,
    failure_pops: true,
    failure_urls: true,
    failure_urls_omitted: true,
    failure_pop_urls_report: true,
    failed_count: true,
    reason: true,
  })
  .extend({
    results_url: z.string().nullish(),
    sentence: z.string().nullish(),
    failures: failures.nullish(),
  });
export type Summary = z.infer<typeof summaryAnswerSchema>;

export const startedAnswerSchema = startedSchema
  .pick({ request_id: true, timeout_at: true })
  .extend({ warnings: z.array(z.string()).default([]) });
export type Started = z.infer<typeof startedAnswerSchema>;

export const estimatedSchema = z.object({ estimate: estimateSchema, warnings: z.array(z.string()).default([]) });
export type Estimated = z.infer<typeof estimatedSchema>;

export const popListSchema = popsSchema.pick({ timestamp: true, count: true }).extend({
  // Loose: what the command does not read is printed by --json all the same.
  pops: z.array(z.looseObject(popsSchema.shape.pops.element.omit({ basis: true, rec_basis: true }).shape)),
});
export type PopList = z.infer<typeof popListSchema>;

export const instancesAnswerSchema = instancesSchema.pick({ desiredcapacity: true });
export const setAnswerSchema = instancesSetSchema.pick({ message: true });

export const settingsAnswerSchema = settingsSchema.pick({ region: true, version: true, env_name: true }).extend({
  caps: z.array(z.object({ parameter: z.string(), value: z.number().nullable() })),
});
export type Settings = z.infer<typeof settingsAnswerSchema>;

/** What every refusal has, whatever the route. */
export const refusalSchema = z.object({
  error_message: z.string().optional(),
  message: z.string().nullish(),
  error_urls: z.array(z.string()).default([]),
});
