import { createHash } from "node:crypto";
import * as z from "zod";
import { addResult, type Count, type Sum } from "../../domain/result/count.ts";
import { readOutcome } from "../../domain/result/outcome.ts";
import { HIT_WARNINGS } from "../../domain/result/proof.ts";
import { MAX_VALUES } from "../../domain/telemetry/metrics.ts";
import { isRemoval } from "../stream-event.ts";
import { changed, popSumOf, type RequestSum, sumOf, totalOf } from "./request-sum.ts";
import { noteDuration, noteFailures, noteUncompressed } from "./result-details.ts";

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
  /** Absent in what an older agent wrote. One that only a newer version knows counts for none, and so does one that is no text. */
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
