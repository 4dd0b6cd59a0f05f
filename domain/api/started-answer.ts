import * as z from "zod";
import { requestIdField, timeOfAnswer, timestampField } from "./answer-fields.ts";

/** POST /prewarm: the request was made. */
export const startedSchema = z
  .object({
    status: z.literal("Success"),
    error_message: z.literal("").describe("Empty: nothing is wrong."),
    error_urls: z.array(z.never()).max(0).describe("Empty: no URL is bad."),
    request_id: requestIdField.describe("Id of the new request: what every other call names as `req_id`."),
    timestamp: timestampField.describe("When the request was made. UTC, as all times here."),
    timeout_at: timestampField.describe("When it is stopped, if it has not ended by then."),
    warnings: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("What may not be as it was meant, in words. Absent: nothing."),
  })
  .meta({
    id: "Started",
    description: "The request was made, and its work begins by itself.",
    examples: [
      {
        status: "Success",
        error_message: "",
        error_urls: [],
        request_id: "684153cc-efab-4a53-9409-357fddc2e2bd",
        timestamp: "2024-04-16 03:10:21.405000",
        timeout_at: "2024-04-16 03:40:21.405000",
      },
    ],
  });
export type Started = z.infer<typeof startedSchema>;

/** POST /prewarm: it was refused, or something failed. Nothing was made. */
export const prewarmRefusalSchema = z
  .object({
    status: z.literal("Failed"),
    error_message: z.string().min(1).describe("What is wrong with which field: all faults, parted by `; `."),
    error_urls: z.array(z.string()).describe("Each bad URL once, as it was sent."),
    request_id: z.literal("").describe("Empty: no request was made."),
    timestamp: timeOfAnswer,
    timeout_at: z.literal(""),
  })
  .meta({
    id: "PrewarmRefusal",
    description: "The request was refused. Nothing was made.",
    examples: [
      {
        status: "Failed",
        error_message: "url_list: 'ftp://x/y' has the scheme ftp; absolute http:// or https:// URLs are needed",
        error_urls: ["ftp://x/y"],
        request_id: "",
        timestamp: "2024-04-16 03:10:21.405000",
        timeout_at: "",
      },
    ],
  });
export type PrewarmRefusal = z.infer<typeof prewarmRefusalSchema>;
