import * as z from "zod";
import { cutText, type FailureReason, readReason } from "../../domain/result/failure.ts";

// Parsed apart from what is counted. Most results are not asked for these: to parse them of every result would cost a
// twentieth of all that Aggregation does.

const endSchema = z.object({ ok: z.object({ BOOL: z.boolean() }), reason: z.object({ S: z.string() }).optional() });
const failureSchema = z.object({ dynamodb: z.object({ NewImage: endSchema, OldImage: endSchema.optional() }) });
const durationSchema = z.object({
  dynamodb: z.object({ NewImage: z.object({ ms: z.object({ N: z.string() }) }) }),
});

type End = z.infer<typeof endSchema>;

/** Adds the reason of a record's new image if that is a failure, and takes back that of its old image. */
export function noteFailures(failures: Map<FailureReason, number>, record: unknown): void {
  const { NewImage: now, OldImage: before } = failureSchema.safeParse(record).data?.dynamodb ?? {};
  const add = ({ reason: stored }: End, sign: 1 | -1) => {
    const reason = readReason(stored?.S);
    failures.set(reason, (failures.get(reason) ?? 0) + sign);
  };
  if (now?.ok.BOOL === false) add(now, 1);
  if (before?.ok.BOOL === false) add(before, -1);
}

/** Adds how long a record's task took, in milliseconds. */
export function noteDuration(durations: number[], record: unknown): void {
  const parsed = durationSchema.safeParse(record);
  if (parsed.success) durations.push(Number(parsed.data.dynamodb.NewImage.ms.N));
}

/** So many examples of a batch, of so many characters each: they stand in an item that is billed by the kilobyte. */
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE = 200;

const formSchema = z.object({
  dynamodb: z.object({
    NewImage: z.object({ url: z.object({ S: z.string() }), variant: z.object({ S: z.string() }).optional() }),
  }),
});

/** Adds which form of which URL a record is about, if there is room for it. */
export function noteUncompressed(examples: string[], record: unknown): void {
  if (examples.length >= MAX_EXAMPLES) return;
  const { url, variant } = formSchema.safeParse(record).data?.dynamodb.NewImage ?? {};
  if (url === undefined) return;
  const example = cutText(variant === undefined ? url.S : `${url.S} (${variant.S})`, MAX_EXAMPLE);
  if (!examples.includes(example)) examples.push(example);
}
