import * as z from "zod";
import { MAX_SAMPLES } from "../request/samples.ts";
import { bytesField, countField, timestampField } from "./answer-fields.ts";

/** A row of GET /prewarm?detail=samples: how the request stood at one moment. All counts from its beginning on. */
export const sampleSchema = z
  .object({
    at: timestampField.describe("When it stood so."),
    received_size: bytesField.describe(
      "Bytes that instances had received for it, whatever came of them: cache checks and failures too.",
    ),
    download_size: bytesField.describe("Bytes of the good results."),
    download_count: countField.describe("Tasks that had a result, good or bad."),
    failed_count: countField.describe("Tasks whose result was bad."),
    warm_count: countField.describe("Tasks that were seen as a hit of the POP's own cache."),
    hit_count: countField.describe("Tasks that were seen as a hit that is not proven warm."),
    not_kept_count: countField.describe("Tasks whose object the POP does not keep; among the failed ones."),
  })
  .meta({
    id: "Sample",
    description: "How a request stood at one moment. Between two of them, a straight line is right.",
    examples: [
      {
        at: "2024-04-16 03:11:00.000000",
        received_size: 137370,
        download_size: 68684,
        download_count: 3,
        failed_count: 1,
        warm_count: 0,
        hit_count: 2,
        not_kept_count: 1,
      },
    ],
  });
export type SampleRow = z.infer<typeof sampleSchema>;

export const samplesField = z
  .array(sampleSchema)
  .max(MAX_SAMPLES)
  .optional()
  .describe(
    "With `samples` in `detail`: how it stood when it was made, as each minute began, and now or when it ended. Evenly fewer of a long one.",
  );
