import * as z from "zod";
import { failureReasonSchema } from "../result/failure.ts";

/**
 * FAILED: the POP did not resolve. RESOLVED: it did, nothing is queued yet. READY: its tasks may be queued (the stream
 * starts the fan-out). SENT: they are.
 */
export const targetStates = ["FAILED", "RESOLVED", "READY", "SENT"] as const;

/** One item of the Request-Pop table: a POP under one distribution, which tasks are counted by. */
export const targetSchema = z.object({
  req_id: z.string(),
  /** Sort key: `pop#label`. */
  target: z.string(),
  pop: z.string(),
  /** First label of the distribution's domain, under which the POP was looked up. */
  label: z.string(),
  state: z.enum(targetStates),
  /** The POP's addresses; none when it failed. */
  ips: z.array(z.string()),
  /** Why it has none: in words, and as what it is counted. */
  error: z.string().optional(),
  reason: failureReasonSchema,
  /** How many tasks it has of URLs that are wanted at some POPs alone. Absent: none. */
  own_tasks: z.number().int().nonnegative().optional().catch(undefined),
  expire_at: z.number().int(),
});

export type Target = z.infer<typeof targetSchema>;

export function targetKey(pop: string, label: string): string {
  return `${pop}#${label}`;
}
