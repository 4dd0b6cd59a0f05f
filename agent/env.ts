import * as z from "zod";
import { allowPrivateAddressesSchema } from "../domain/net/addresses.ts";

export const envSchema = z.object({
  QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  REQUEST_TABLE: z.string().min(1),
  REQUEST_TASK_TABLE: z.string().min(1),
  /** The queue's visibility timeout in seconds: a message that is held longer is extended before it is over. */
  VISIBILITY_SECONDS: z.coerce.number().int().min(2),
  PREWARM_HTTPS_PORT: z.coerce.number().int().default(443),
  PREWARM_HTTP_PORT: z.coerce.number().int().default(80),
  PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
  /** Id of this instance; absent: the metadata service is asked. */
  PREWARM_INSTANCE_ID: z.string().optional(),
  /** The metadata service, as the AWS SDKs name it. */
  AWS_EC2_METADATA_SERVICE_ENDPOINT: z.url().default("http://169.254.169.254"),
  /** Processes of an instance; absent: one for each core. */
  PREWARM_WORKERS: z.coerce.number().int().min(1).optional(),
  PREWARM_IDLE_MINUTES: z.coerce.number().positive().default(15),
  PREWARM_STALL_SECONDS: z.coerce.number().positive().default(20),
});

export type Env = z.infer<typeof envSchema>;

/** Environment variables are missing or not valid. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** @throws EnvironmentError that names every fault, not the first */
export function readEnvironment(variables: NodeJS.ProcessEnv): Env {
  const parsed = envSchema.safeParse(variables);
  if (!parsed.success)
    throw new EnvironmentError(`The environment is not as it must be:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
