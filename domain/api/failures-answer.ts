import * as z from "zod";
import { failureReasons } from "../result/failure.ts";
import { FAILURE_SUBJECTS, failureExampleSchema, MAX_EXAMPLES } from "../result/failure-group.ts";
import { countField } from "./answer-fields.ts";

/** The failures of a request that have one reason. */
export const failureSchema = z
  .object({
    code: z.enum(failureReasons).describe("The reason."),
    subject: z
      .enum(FAILURE_SUBJECTS)
      .describe(
        "What failed for it. `task`: tasks. `url`: URLs that could not be read, in one variant or in all; they have no tasks. `pop`: " +
          "POPs that did not resolve; they have no tasks.",
      ),
    tasks: countField.describe("Tasks that failed; 0 for the other subjects."),
    pops: countField.describe("Different POPs; 0 for URLs that could not be read, which lack at every POP."),
    urls: countField
      .nullable()
      .describe(
        "Different URLs, whatever the number of their variants; 0 for POPs that did not resolve. For tasks, null while the request runs.",
      ),
    title: z.string().describe("The reason in a few words, as a heading."),
    means: z.string().describe("What it means."),
    viewers: z.string().describe("What viewers at these POPs meet."),
    next: z.string().describe("What to do about it."),
    examples: z.array(failureExampleSchema).max(MAX_EXAMPLES),
  })
  .meta({
    id: "Failure",
    description: "The failures that have one subject and one reason.",
    examples: [
      {
        code: "http_4xx",
        subject: "task",
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
