import * as z from "zod";
import { failureReasonSchema } from "./failure.ts";

/** One item of the Request-Task table: how one task ended. */
export const taskResultSchema = z.object({
  /** Partition key: `req_id#shard`. */
  task_key: z.string(),
  /** Sort key: `pop#url`. */
  pop_url: z.string(),
  req_id: z.string(),
  pop: z.string(),
  url: z.string(),
  ok: z.boolean(),
  /** Bytes of the body that arrived in the last attempt. */
  bytes: z.number().int().nonnegative(),
  http_status: z.number().int().optional(),
  x_cache: z.string().optional(),
  /** The POP that answered, as it names itself. */
  x_amz_cf_pop: z.string().optional(),
  x_amz_cf_id: z.string().optional(),
  /** Milliseconds from the start of the first attempt to the end of the last. */
  ms: z.number().int().nonnegative(),
  attempts: z.number().int().nonnegative(),
  /** What a failure is counted as; absent in what an agent of an older version wrote. */
  reason: failureReasonSchema,
  /** The failure in words. */
  error: z.string().optional(),
  /** Instance that did it. */
  agent: z.string().optional(),
  expire_at: z.number().int(),
});

export type TaskResult = z.infer<typeof taskResultSchema>;
