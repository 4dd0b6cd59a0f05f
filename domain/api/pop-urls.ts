import * as z from "zod";
import { failureReasons } from "../result/failure.ts";
import { MAX_BUCKETS, MAX_NAMED, STRIP_STATES } from "../result/pop-strip.ts";
import { countField } from "./answer-fields.ts";

/** `urls` of GET /prewarm?detail=urls: the tasks of one POP. */
export const popUrlsSchema = z
  .object({
    pop: z.string().describe("The POP that was asked about."),
    total_count: countField.describe("Its tasks: URLs × variants."),
    buckets: z
      .array(
        z.object({
          state: z
            .enum(STRIP_STATES)
            .describe("The worst that there is among its tasks. `not_tried`: the request ended before."),
          first: countField.min(1).describe("Number of its first task in the list of good URLs, from 1."),
          tasks: countField.describe("How many tasks it stands for."),
          failed: countField.describe("Tasks whose result is bad."),
        }),
      )
      .max(MAX_BUCKETS)
      .describe("Its tasks in the order of the list, neighbours together."),
    failures: z
      .array(
        z.object({
          url: z.string(),
          variant: z.string().optional(),
          outcome: z.enum(["failed", "not_kept"]),
          reason: z.enum(failureReasons).optional(),
          error: z.string().optional().describe("What went wrong, in words."),
          http_status: z.number().int().optional(),
        }),
      )
      .max(MAX_NAMED)
      .describe("The first tasks whose result is bad, in the order of the list."),
    failures_omitted: countField.describe("How many more there are: the report has all."),
  })
  .meta({
    id: "PopUrls",
    description: "How the tasks of one POP ended, in short.",
    examples: [
      {
        pop: "SIN2-C1",
        total_count: 2,
        buckets: [
          { state: "warm", first: 1, tasks: 1, failed: 0 },
          { state: "failed", first: 2, tasks: 1, failed: 1 },
        ],
        failures: [
          {
            url: "https://www.example.com/gone.css",
            outcome: "failed",
            reason: "http_4xx",
            error: "HTTP 404",
            http_status: 404,
          },
        ],
        failures_omitted: 0,
      },
    ],
  });
export type PopUrls = z.infer<typeof popUrlsSchema>;
