import * as z from "zod";
import { countField, timeOfAnswer, timestampField } from "./answer-fields.ts";
import { ASKED_EXAMPLE, PROGRESS_EXAMPLE, requestFields, urlFields } from "./progress-answer.ts";

/** What the index of the list has no room for: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html. */
const { sources: _sources, retry_of: _retryOf, retried_by: _retriedBy, ...listedFields } = requestFields;

/** A request as the list of them says it. */
export const listedRequestSchema = z
  .object({
    ...listedFields,
    ...urlFields,
    instance_count: countField.describe("Instances that it wishes for. 0 pauses it."),
    timeout_at: timestampField.describe("When it is stopped, if it has not ended by then."),
    reason: z.string().optional().describe("Why it ended so, where that needs words."),
  })
  .meta({
    id: "ListedRequest",
    description: "A request of the list: what GET /prewarm says of it, as far as the index of the list has it.",
  });

/** GET /requests. */
export const requestsSchema = z
  .object({
    timestamp: timeOfAnswer,
    requests: z.array(listedRequestSchema).describe("The newest first."),
    next: z.string().nullable().describe("What to send as `next` for the next page; null: this is the last."),
  })
  .meta({
    id: "Requests",
    description: "A page of the list of all requests.",
    examples: [
      {
        timestamp: "2024-04-16 03:15:09.499000",
        requests: [
          {
            ...PROGRESS_EXAMPLE,
            url_count: 2,
            url_prefix: "https://www.example.com/",
            ...ASKED_EXAMPLE,
          },
        ],
        next: null,
      },
    ],
  });
export type Requests = z.infer<typeof requestsSchema>;
export type ListedRequestAnswer = z.infer<typeof listedRequestSchema>;
