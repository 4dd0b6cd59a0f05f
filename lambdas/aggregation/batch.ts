import { createHash } from "node:crypto";
import * as z from "zod";
import { MAX_VALUES } from "../../domain/metrics.ts";
import { addCount, addResult, type Count, isNothing, NO_COUNT, type Sum } from "../../domain/result/count.ts";
import { cutText, type FailureReason, readReason } from "../../domain/result/failure.ts";
import { type FailureExample, MAX_EXAMPLES } from "../../domain/result/failure-groups.ts";
import { readOutcome } from "../../domain/result/outcome.ts";
import { HIT_WARNINGS } from "../../domain/result/proof.ts";
import { isRemoval } from "../runtime.ts";

/** More than CloudFront caches of one object, by far. A result that says more is nobody's, and would spoil the sums. */
const MAX_RESULT_BYTES = 2 ** 40;

/** What is there only where it holds. */
const flagSchema = z.object({ BOOL: z.boolean() }).optional().catch(undefined);

/** What counts of a result, as the stream writes it. */
const imageSchema = z.object({
  req_id: z.object({ S: z.string() }),
  /** Without it, a result counts for its request and for no POP. */
  pop: z.object({ S: z.string() }).default({ S: "" }),
  ok: z.object({ BOOL: z.boolean() }),
  bytes: z.object({ N: z.string().refine(isCountOfBytes, `must be from 0 to ${MAX_RESULT_BYTES}`) }),
  /** One that only a newer version knows counts for none, and so does one that is no text. */
  outcome: z.object({ S: z.string() }).optional().catch(undefined),
  uncompressed: flagSchema,
  rec_miss: flagSchema,
  warning: z
    .object({ S: z.enum(HIT_WARNINGS) })
    .optional()
    .catch(undefined),
  size_changed: flagSchema,
});

function isCountOfBytes(text: string): boolean {
  const bytes = Number(text);
  return Number.isInteger(bytes) && bytes >= 0 && bytes <= MAX_RESULT_BYTES;
}

const recordSchema = z.object({
  eventID: z.string(),
  dynamodb: z.object({
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: z.number().optional(),
    NewImage: imageSchema,
    OldImage: imageSchema.optional(),
  }),
});

type Image = z.infer<typeof imageSchema>;

/** What a batch of the stream changes in one request's counters. */
export interface BatchProgress extends Readonly<Pick<RequestSum, "durations" | "failures" | "uncompressed">> {
  readonly reqId: string;
  readonly total: Count;
  /** Which part of that is of which POP. Empty: nothing changes. */
  readonly pops: ReadonlyMap<string, Count>;
  /** When the newest of its results was written, in milliseconds since the epoch. */
  readonly at: number;
  /** The same for the same records, so that a batch that is tried again is counted once. */
  readonly token: string;
}

/** A record that is no task result. */
export interface InvalidRecord {
  readonly record: unknown;
  /** Keys of the item, as far as the record has them. */
  readonly key: string;
  readonly problem: string;
}

const eventNameSchema = z.object({ eventName: z.string().optional() });

/** The batch's events, of which each is parsed on its own: one that is not a result must not hold up the others. */
export const streamBatchSchema = z.object({ Records: z.array(z.unknown()) });

/**
 * Sums a batch, request by request: new image less old image, so that a result that is written twice adds nothing and
 * a late success corrects an earlier failure.
 */
export function progressOfBatch(records: readonly unknown[]): {
  progress: BatchProgress[];
  invalid: InvalidRecord[];
} {
  const sums = new Map<string, RequestSum>();
  const invalid: InvalidRecord[] = [];
  const step = Math.ceil(records.length / MAX_VALUES);
  let good = 0;
  for (const record of records) {
    const parsed = recordSchema.safeParse(record);
    if (!parsed.success) {
      // It has no new image. A result that has expired was counted when it was written: its request has long ended.
      if (isRemoval(eventNameSchema.safeParse(record).data ?? {})) continue;
      invalid.push({ record, key: keyOf(record), problem: z.prettifyError(parsed.error) });
      continue;
    }
    const { eventID, dynamodb } = parsed.data;
    const { NewImage: now, OldImage: before } = dynamodb;
    const sum = sumOf(sums, now.req_id.S);
    const popSum = popSumOf(sum, now.pop.S);
    add(popSum, now, 1);
    if (before !== undefined) add(popSum, before, -1);
    if (!now.ok.BOOL || before?.ok.BOOL === false) noteFailures(sum.failures, record, now.pop.S);
    else if (good++ % step === 0) noteDuration(sum.durations, record);
    if (now.uncompressed?.BOOL === true) noteUncompressed(sum.uncompressed, record);
    sum.at = Math.max(sum.at, dynamodb.ApproximateCreationDateTime ?? 0);
    sum.ids.push(eventID);
  }
  const progress = [...sums].map(([reqId, { at, ids, pops, durations, failures, uncompressed }]) => ({
    reqId,
    total: totalOf(pops),
    pops: changed(pops),
    durations,
    failures,
    uncompressed,
    at: at * 1000,
    token: createHash("sha256")
      .update([reqId, ...ids].join())
      .digest("hex")
      .slice(0, 36),
  }));
  return { progress, invalid };
}

const keysSchema = z.object({ dynamodb: z.object({ Keys: z.record(z.string(), z.object({ S: z.string() })) }) });

function keyOf(record: unknown): string {
  const keys = keysSchema.safeParse(record).data?.dynamodb.Keys ?? {};
  return Object.values(keys)
    .map(({ S }) => S)
    .join(" ");
}

function add(sum: Sum, image: Image, sign: 1 | -1): void {
  const { ok, bytes, outcome, uncompressed, rec_miss, size_changed, warning } = image;
  const counted = {
    ok: ok.BOOL,
    bytes: Number(bytes.N),
    outcome: readOutcome(outcome?.S),
    uncompressed: uncompressed?.BOOL,
    rec_miss: rec_miss?.BOOL,
    warning: warning?.S,
    size_changed: size_changed?.BOOL,
  };
  addResult(sum, counted, sign);
}

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

/** The failures of a batch that have one reason. */
export interface BatchFailures {
  /** Added, less those that are taken back. */
  tasks: number;
  /** Where some were added. */
  readonly pops: Set<string>;
  /** A few of them. */
  readonly examples: FailureExample[];
}

/** What a batch holds of one request, while it is added up. */
export interface RequestSum {
  /** By POP. */
  readonly pops: Map<string, Sum>;
  /** When the newest of its results was written: seconds since the epoch. */
  at: number;
  /** Ids of its records. */
  readonly ids: string[];
  /** How long good tasks took, in milliseconds: of a large batch, every n-th. */
  readonly durations: number[];
  /** Failures added or taken back, by reason. */
  readonly failures: Map<FailureReason, BatchFailures>;
  /** A few of the results that came uncompressed. */
  readonly uncompressed: string[];
}

/** The sum of a request, which is there from the first time on that it is asked for. */
export function sumOf(sums: Map<string, RequestSum>, reqId: string): RequestSum {
  const known = sums.get(reqId);
  if (known !== undefined) return known;
  const sum = { pops: new Map(), at: 0, ids: [], durations: [], failures: new Map(), uncompressed: [] };
  sums.set(reqId, sum);
  return sum;
}

/** The sum of a POP, likewise. */
export function popSumOf({ pops }: RequestSum, pop: string): Sum {
  const known = pops.get(pop);
  if (known !== undefined) return known;
  const sum = { ...NO_COUNT };
  pops.set(pop, sum);
  return sum;
}

/** What the POPs add up to. */
export function totalOf(pops: ReadonlyMap<string, Count>): Count {
  const total = { ...NO_COUNT };
  for (const sum of pops.values()) addCount(total, sum);
  return total;
}

/** The POPs at which something changes. A result that was written twice changes nothing. */
export function changed(pops: ReadonlyMap<string, Count>): Map<string, Count> {
  return new Map([...pops].filter(([, sum]) => !isNothing(sum)));
}
