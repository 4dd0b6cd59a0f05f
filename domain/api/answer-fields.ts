import * as z from "zod";

/** Fields that many answers have. */

/** How a time is written: see `formatTimestamp`. The last three digits are 0 for what Prewarm itself notes. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}$/;

export const timestampField = z.string().regex(TIMESTAMP);
export const timeOfAnswer = timestampField.describe("Time of this answer.");
export const requestIdField = z.string().min(1).describe("ID of the request.");

export const countField = z.number().int().nonnegative();

/** A whole number. @param meaning its description */
export function count(meaning: string) {
  return countField.describe(meaning);
}

const outcomeFields = {
  warm_count: count("Tasks with the outcome `warm`."),
  hit_count: count("Tasks with the outcome `hit`."),
  regional_count: count("Tasks with the outcome `regional`. They are not in `failed_count`."),
  not_kept_count: count("Tasks with the outcome `not_kept`. `failed_count` includes them."),
};

/** Counters of a request, or of one of its POPs. */
export const counterFields = {
  download_count: count("Tasks that have a result."),
  failed_count: count("Tasks that failed."),
  ...outcomeFields,
};

export const downloadedField = count("Bytes of the tasks that succeeded, each object once.");
export const transferredField = count("Bytes of all downloads, retries and checks of the tasks that have a result.");

export const timeoutField = timestampField.describe("Time at which the request ends as TIMEOUT.");

/** The request that the examples are about. */
export const EXAMPLE_ID = "684153cc-efab-4a53-9409-357fddc2e2bd";

/** The error body of all routes without their own. */
export const refusalSchema = z
  .object({
    status: z.literal("Failed"),
    error_message: z.string().min(1).describe("What is wrong, and what is right instead."),
    timestamp: timeOfAnswer,
  })
  .meta({
    id: "Refusal",
    description: "An error.",
    examples: [
      {
        status: "Failed",
        error_message: "req_id: is required in the query string",
        timestamp: "2024-04-16 03:15:09.499000",
      },
    ],
  });

/** The error of /instances. */
export const instancesRefusalSchema = z
  .object({
    status: z.literal("failure"),
    timestamp: timeOfAnswer,
    message: z.string().min(1).describe("What is wrong, and what is right instead."),
  })
  .meta({
    id: "InstancesRefusal",
    description: "An error. The number of instances has not changed.",
    examples: [
      {
        status: "failure",
        timestamp: "2024-04-16 03:54:40.366000",
        message: "DesiredCapacity: is required: a whole number from 0 to 300",
      },
    ],
  });

/** What API Gateway refuses by itself, before any route: it has the fields of every route's errors. */
export const gatewayRefusalSchema = z
  .object({
    status: z.literal("Failed"),
    error_message: z.string(),
    error_urls: z.array(z.string()).max(0),
    request_id: z.literal(""),
    message: z.string().describe("The same as `error_message`."),
  })
  .meta({
    id: "GatewayRefusal",
    description: "An error of API Gateway, which rejects the call before the API receives it.",
    examples: [
      {
        status: "Failed",
        error_message: "No valid API key: send it in the header x-api-key",
        error_urls: [],
        request_id: "",
        message: "No valid API key: send it in the header x-api-key",
      },
    ],
  });
