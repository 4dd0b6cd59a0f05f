import * as z from "zod";
import { bytesField, countField } from "./answer-fields.ts";

/** Where one POP of a request stands, and what that means. */
export const POP_STATES = {
  WAITING: "no result yet",
  IN_PROGRESS: "some results",
  DONE: "all results",
  UNFINISHED: "the request has ended without all results",
  NOT_RESOLVED: "the DNS does not know the POP, so it has no tasks",
} as const;
export type PopState = keyof typeof POP_STATES;

const states = Object.entries(POP_STATES).map(([state, meaning]) => `\`${state}\`: ${meaning}`);

/** A row of GET /prewarm?detail=pops: one POP of a request, under all its distributions. */
export const popProgressSchema = z
  .object({
    pop: z.string().describe("Code of the POP, as `x-amz-cf-pop` names it."),
    rec: z
      .string()
      .nullable()
      .describe("The regional edge cache that likely serves it; null where the catalogue names none."),
    state: z
      .enum(["WAITING", "IN_PROGRESS", "DONE", "UNFINISHED", "NOT_RESOLVED"] satisfies PopState[])
      .describe(`${states.join("; ")}.`),
    total_count: countField.describe("Its tasks. 0 until the POPs are resolved."),
    download_count: countField.describe("Tasks that have a result, good or bad."),
    failed_count: countField.describe("Tasks whose result is bad."),
    warm_count: countField.describe("Tasks that were seen as a hit of the POP's own cache."),
    hit_count: countField.describe("Tasks that were seen as a hit that is not proven warm."),
    not_kept_count: countField.describe("Tasks whose object the POP does not keep; among the failed ones."),
    rec_miss_count: countField.describe(
      "Tasks that came from the origin, though the REC had the object: `rec` is likely not this POP's.",
    ),
    download_size: bytesField.describe("Bytes of the good results."),
  })
  .meta({
    id: "PopProgress",
    description: "One POP of a request. Its counts are not corrected at the end; the totals are.",
    examples: [
      {
        pop: "SIN2-C1",
        rec: "Singapore",
        state: "DONE",
        total_count: 2,
        download_count: 2,
        failed_count: 0,
        warm_count: 2,
        hit_count: 0,
        not_kept_count: 0,
        rec_miss_count: 0,
        download_size: 68684,
      },
    ],
  });
export type PopProgress = z.infer<typeof popProgressSchema>;
