import * as z from "zod";
import { failureReasons } from "../result/failure.ts";
import { countField } from "./answer-fields.ts";

/** The failures of a request that have one reason. */
export const failureSchema = z
  .object({
    code: z.enum(failureReasons).describe("The reason."),
    tasks: countField.describe("Tasks that failed for it."),
    pops: countField.describe("Different POPs among them."),
    urls: countField
      .nullable()
      .describe("Different URLs among them, whatever the number of their variants; null while the request runs."),
    examples: z
      .array(
        z.object({
          url: z.string(),
          variant: z.string().optional(),
          pop: z.string(),
          error: z.string().optional().describe("What went wrong, in words."),
          http_status: z.number().int().optional(),
        }),
      )
      .max(3),
  })
  .meta({
    id: "Failure",
    description: "The failures that have one reason.",
    examples: [
      {
        code: "http_4xx",
        tasks: 2,
        pops: 2,
        urls: 1,
        examples: [
          { url: "https://www.example.com/gone.css", pop: "SIN2-C1", error: "HTTP 404", http_status: 404 },
          { url: "https://www.example.com/gone.css", pop: "ATL56-C1", error: "HTTP 404", http_status: 404 },
        ],
      },
    ],
  });
export type Failure = z.infer<typeof failureSchema>;
