import * as z from "zod";
import { failureReasons } from "../result/failure.ts";
import { failureExampleSchema, MAX_EXAMPLES } from "../result/failure-group.ts";
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
    title: z.string().describe("The reason in a few words, as a heading."),
    means: z.string().describe("What it means."),
    viewers: z.string().describe("What viewers at these POPs meet."),
    next: z.string().describe("What to do about it."),
    examples: z.array(failureExampleSchema).max(MAX_EXAMPLES),
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
        title: "Refused",
        means: "The edge or the origin refused the request.",
        viewers: "Viewers most likely get the same error.",
        next: "Open the URL yourself, then mend the origin, or leave the URL out.",
        examples: [
          { url: "https://www.example.com/gone.css", pop: "SIN2-C1", error: "HTTP 404", http_status: 404 },
          { url: "https://www.example.com/gone.css", pop: "ATL56-C1", error: "HTTP 404", http_status: 404 },
        ],
      },
    ],
  });
export type Failure = z.infer<typeof failureSchema>;
