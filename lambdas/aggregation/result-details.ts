import * as z from "zod";
import { cutText, type FailureReason, readReason } from "../../domain/result/failure.ts";
import { MAX_EXAMPLES } from "../../domain/result/failure-group.ts";
import type { BatchFailures } from "./request-sum.ts";

// Parsed apart from what is counted. Most results are not asked for these: to parse them of every result would cost a
// twentieth of all that Aggregation does.

const endSchema = z.object({ ok: z.object({ BOOL: z.boolean() }), reason: z.object({ S: z.string() }).optional() });
const failureSchema = z.object({ dynamodb: z.object({ NewImage: endSchema, OldImage: endSchema.optional() }) });
const durationSchema = z.object({
  dynamodb: z.object({ NewImage: z.object({ ms: z.object({ N: z.string() }) }) }),
});

type End = z.infer<typeof endSchema>;

/** So much is told of a URL or an error. The report has them whole. */
const MAX_FAILURE_EXAMPLE = 300;
/** Longer than the name of any POP or variant: an instance may write what it likes. */
const MAX_NAME = 40;

/** Adds the reason of a record's new image if that is a failure, and takes back that of its old image. @param pop of the new one */
export function noteFailures(failures: Map<FailureReason, BatchFailures>, record: unknown, pop: string): void {
  const { NewImage: now, OldImage: before } = failureSchema.safeParse(record).data?.dynamodb ?? {};
  if (now?.ok.BOOL === false) {
    const its = failuresOf(failures, now);
    its.tasks++;
    if (pop !== "") its.pops.add(pop);
    noteExample(its, record, pop);
  }
  if (before?.ok.BOOL === false) failuresOf(failures, before).tasks--;
}

function failuresOf(failures: Map<FailureReason, BatchFailures>, { reason: stored }: End): BatchFailures {
  const reason = readReason(stored?.S);
  const known = failures.get(reason);
  if (known !== undefined) return known;
  const its = { tasks: 0, pops: new Set<string>(), examples: [] };
  failures.set(reason, its);
  return its;
}

const exampleSchema = z.object({
  dynamodb: z.object({
    NewImage: z.object({
      url: z.object({ S: z.string() }),
      variant: z.object({ S: z.string() }).optional(),
      error: z.object({ S: z.string() }).optional(),
      http_status: z.object({ N: z.coerce.number().int() }).optional(),
    }),
  }),
});

/** Adds what a record failed with, if there is room for it. */
function noteExample({ examples }: BatchFailures, record: unknown, pop: string): void {
  if (examples.length >= MAX_EXAMPLES) return;
  const { url, variant, error, http_status } = exampleSchema.safeParse(record).data?.dynamodb.NewImage ?? {};
  if (url === undefined) return;
  examples.push({
    url: cutText(url.S, MAX_FAILURE_EXAMPLE),
    ...(variant === undefined ? {} : { variant: cutText(variant.S, MAX_NAME) }),
    pop: cutText(pop, MAX_NAME),
    ...(error === undefined ? {} : { error: cutText(error.S, MAX_FAILURE_EXAMPLE) }),
    ...(http_status === undefined ? {} : { http_status: http_status.N }),
  });
}

/** Adds how long a record's task took, in milliseconds. */
export function noteDuration(durations: number[], record: unknown): void {
  const parsed = durationSchema.safeParse(record);
  if (parsed.success) durations.push(Number(parsed.data.dynamodb.NewImage.ms.N));
}

/** So many characters are told of an example: it stands in an item that is billed by the kilobyte. */
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
