import * as z from "zod";
import { nameVariable } from "../domain/environment.ts";
import { ERROR_CACHING_SECONDS, FIRST_BYTE_SECONDS } from "../domain/limits.ts";
import { edgeVariables } from "../domain/net/addresses.ts";
import { STALL_SECONDS, stallSecondsSchema } from "../domain/request/lifecycle.ts";

export const envSchema = z.object({
  QUEUE_URL: z.url(),
  EXPRESS_QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  REQUEST_TABLE: nameVariable,
  REQUEST_TASK_TABLE: nameVariable,
  PROGRESS_TABLE: nameVariable,
  /** All waiting times follow from it: the parameter `stallSeconds`. */
  STALL_SECONDS: stallSecondsSchema.default(STALL_SECONDS),
  /** The queue's visibility timeout in seconds: a message that is held longer is extended before it is over. */
  VISIBILITY_SECONDS: z.coerce.number().int().min(2),
  ...edgeVariables,
  /** Id of this instance; absent: the metadata service is asked. */
  PREWARM_INSTANCE_ID: z.string().optional(),
  /** The metadata service, as the AWS SDKs name it. */
  AWS_EC2_METADATA_SERVICE_ENDPOINT: z.url().default("http://169.254.169.254"),
  /** Processes of an instance; absent: one for each core. */
  PREWARM_WORKERS: z.coerce.number().int().min(1).optional(),
  PREWARM_IDLE_MINUTES: z.coerce.number().positive().default(15),
  /** How long the first byte of an answer is waited for. */
  PREWARM_FIRST_BYTE_SECONDS: z.coerce.number().positive().default(FIRST_BYTE_SECONDS),
  /** After how long a POP that answered with an error is asked again for the same object. */
  PREWARM_KEPT_ERROR_SECONDS: z.coerce.number().positive().default(ERROR_CACHING_SECONDS),
});
