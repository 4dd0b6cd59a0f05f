import * as z from "zod";
import { type FailureReason, failureReason } from "../../domain/result/failure-reasons.ts";

// Apart from what is counted: most results are not asked for these, and to parse them of every one would cost a
// twentieth of all that Aggregation does.

const endSchema = z.object({ ok: z.object({ BOOL: z.boolean() }), error: z.object({ S: z.string() }).optional() });
const failureSchema = z.object({ dynamodb: z.object({ NewImage: endSchema, OldImage: endSchema.optional() }) });
const durationSchema = z.object({
  dynamodb: z.object({ NewImage: z.object({ ms: z.object({ N: z.string() }) }) }),
});

/** Adds the reason of a record's new image, if that is a failure, and takes its old one's back. */
export function noteFailures(failures: Map<FailureReason, number>, record: unknown): void {
  const { NewImage: now, OldImage: before } = failureSchema.safeParse(record).data?.dynamodb ?? {};
  const add = (error: string | undefined, sign: 1 | -1) => {
    const reason = failureReason(error);
    failures.set(reason, (failures.get(reason) ?? 0) + sign);
  };
  if (now?.ok.BOOL === false) add(now.error?.S, 1);
  if (before?.ok.BOOL === false) add(before.error?.S, -1);
}

/** Adds how long a record's task took, in milliseconds. */
export function noteDuration(durations: number[], record: unknown): void {
  const parsed = durationSchema.safeParse(record);
  if (parsed.success) durations.push(Number(parsed.data.dynamodb.NewImage.ms.N));
}
