import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { fromAttributes } from "../../aws/dynamodb.ts";
import { MAX_VALUES } from "../../domain/metrics.ts";
import { addCount, addResult, type Count, isNothing, NO_COUNT, type Sum } from "../../domain/result/count.ts";
import { cutText, type FailureReason, readReason } from "../../domain/result/failure.ts";
import { type FailureExample, MAX_EXAMPLES } from "../../domain/result/failure-groups.ts";
import { taskResultSchema } from "../../domain/result/task-result.ts";

/** More than CloudFront caches of one object, by far. A result that says more is forged, and would spoil the sums. */
const MAX_RESULT_BYTES = 2 ** 40;
/** A task downloads its object a few times at each attempt, and no task has more attempts than this allows. */
const MAX_TRANSFERRED_BYTES = 16 * MAX_RESULT_BYTES;

const { outcome, tier, uncompressed } = taskResultSchema.shape;
const { url, variant, error, http_status, ms } = taskResultSchema.shape;

/** What counts of a result until the recount: no more, for this is parsed of each. */
const countedSchema = z.object({
  req_id: z.string(),
  /** Without it, a result counts for its request and for no POP. */
  pop: z.string().optional(),
  ok: z.boolean(),
  bytes: z.number().int().min(0).max(MAX_RESULT_BYTES),
  transferred_bytes: z.number().int().min(0).max(MAX_TRANSFERRED_BYTES).optional(),
  outcome,
  tier,
  uncompressed,
});
type StreamedResult = z.infer<typeof countedSchema>;

/** The same, and what counts of the record that has it: one schema, for a second one took a twentieth of the time. */
const recordSchema = countedSchema.extend({
  eventID: z.string(),
  /** When it was written, in seconds since the epoch. */
  at: z.number().optional(),
});

/** What an example has. It is parsed for examples alone: there are few. */
const exampleSchema = z.object({ url, variant, error, http_status });

type Image = Readonly<Record<string, AttributeValue>>;

/** How a record of a result looks. What does not look so has none of the attributes that are read, and is invalid. */
type StreamRecord = {
  readonly eventID?: unknown;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: unknown;
    readonly NewImage?: Image | null;
    readonly OldImage?: Image | null;
  } | null;
} | null;

/** What is read of a record that is no task result. */
const otherRecordSchema = z
  .object({
    eventName: z.unknown().optional(),
    dynamodb: z
      .object({ Keys: z.record(z.string(), z.object({ S: z.string() })) })
      .optional()
      .catch(undefined),
  })
  .catch({});

/** The batch's events, of which each is parsed on its own: one that is not a result must not hold up the others. */
export const streamBatchSchema = z.object({ Records: z.array(z.unknown()) });

/** The failures of a batch that have one reason. */
interface BatchFailures {
  /** Added, less those that are taken back. */
  tasks: number;
  /** Where some were added. */
  readonly pops: Set<string>;
  /** A few of them. */
  readonly examples: FailureExample[];
}

/** What a batch of the stream changes in one request's counters. */
export type BatchProgress = ReturnType<RequestSum["progress"]>;

/** A record that is no task result. */
interface InvalidRecord {
  readonly record: unknown;
  /** Keys of the item, as far as the record has them. */
  readonly key: string;
  readonly problem: string;
}

/**
 * Sums a batch, request by request: new image less old image, so that a result that is written twice adds nothing and
 * a late success corrects an earlier failure.
 */
export function progressOfBatch(records: readonly unknown[]) {
  const sums = new Map<string, RequestSum>();
  const invalid: InvalidRecord[] = [];
  for (const record of records) {
    try {
      const { eventID, dynamodb } = (record ?? {}) as NonNullable<StreamRecord>;
      const { NewImage: image, OldImage: oldImage, ApproximateCreationDateTime: at } = dynamodb ?? {};
      const now = recordSchema.parse(attributesOf(image, eventID, at));
      const before = oldImage === undefined ? undefined : countedSchema.parse(attributesOf(oldImage));
      let sum = sums.get(now.req_id);
      if (sum === undefined) {
        sum = new RequestSum();
        sums.set(now.req_id, sum);
      }
      sum.add(now, before, image ?? {}, oldImage ?? {});
      sum.at = Math.max(sum.at, now.at ?? 0);
      sum.ids.push(now.eventID);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      const other = otherRecordSchema.parse(record);
      // A result that is removed was counted when it was written.
      if (other.eventName === "REMOVE") continue;
      const keys = Object.values(other.dynamodb?.Keys ?? {}).map(({ S }) => S);
      invalid.push({ record, key: keys.join(" "), problem: z.prettifyError(error) });
    }
  }
  return { progress: [...sums].map(([reqId, sum]) => sum.progress(reqId)), invalid };
}

/** Written out: this is done for each record. */
function attributesOf(image: Image | null | undefined, eventID?: unknown, at?: unknown) {
  const { req_id, pop, ok, bytes, transferred_bytes, outcome, tier, uncompressed } = image ?? {};
  return {
    eventID,
    at,
    req_id: req_id?.S,
    pop: pop?.S,
    ok: ok?.BOOL,
    bytes: numberOf(bytes),
    transferred_bytes: numberOf(transferred_bytes),
    outcome: outcome?.S,
    tier: tier?.S,
    uncompressed: uncompressed?.BOOL,
  };
}

/** Numbers come as texts: what else is there is none. */
function numberOf(value: AttributeValue | undefined): number | undefined {
  return typeof value?.N === "string" ? Number(value.N) : undefined;
}

/** Characters of an example's URL or error. The report has them whole. */
const MAX_FAILURE_EXAMPLE = 300;
/** Longer than the name of any POP or variant: an instance may write what it likes. */
const MAX_NAME = 40;
/** Characters of an example of what came uncompressed: its item is billed by the kilobyte. */
const MAX_UNCOMPRESSED_EXAMPLE = 200;

/** What a batch holds of one request, while it is added up. */
class RequestSum {
  /** Seconds since the epoch. */
  at = 0;
  readonly ids: string[] = [];
  private readonly pops = new Map<string, Sum>();
  /** Good results. */
  private readonly good: Image[] = [];
  private readonly failures = new Map<FailureReason, BatchFailures>();
  private readonly uncompressed = new Set<string>();

  add(now: StreamedResult, before: StreamedResult | undefined, image: Image, oldImage: Image): void {
    const { pop = "" } = now;
    let sum = this.pops.get(pop);
    if (sum === undefined) {
      sum = { ...NO_COUNT };
      this.pops.set(pop, sum);
    }
    addResult(sum, now);
    if (before !== undefined) addResult(sum, before, -1);
    if (!now.ok) this.addFailure(pop, image);
    if (before?.ok === false) this.failuresOf(oldImage).tasks--;
    else if (now.ok) this.good.push(image);
    if (now.uncompressed === true) this.addUncompressed(image);
  }

  progress(reqId: string) {
    const total = { ...NO_COUNT };
    for (const sum of this.pops.values()) addCount(total, sum);
    const step = Math.ceil(this.good.length / MAX_VALUES);
    return {
      reqId,
      total,
      /** Which part of that is of which POP. Empty: nothing changes, as by a result that was written twice. */
      pops: new Map<string, Count>([...this.pops].filter(([, sum]) => !isNothing(sum))),
      /** How long good tasks took, in milliseconds: of a large batch, every n-th. */
      durations: this.good
        .filter((_, i) => i % step === 0)
        .flatMap((image) => ms.safeParse(numberOf(image["ms"])).data ?? []),
      /** Failures added or taken back, by reason. */
      failures: this.failures,
      /** A few of the results that came uncompressed. */
      uncompressed: [...this.uncompressed],
      /** When the newest of its results was written, in milliseconds since the epoch. */
      at: this.at * 1_000,
      /** The same for the same records, so that a batch that is tried again is counted once. */
      token: createHash("sha256")
        .update([reqId, ...this.ids].join())
        .digest("hex")
        .slice(0, 36),
    };
  }

  private failuresOf(image: Image): BatchFailures {
    const code = readReason(image["reason"]?.S);
    const failures = this.failures.get(code) ?? { tasks: 0, pops: new Set(), examples: [] };
    this.failures.set(code, failures);
    return failures;
  }

  private addFailure(pop: string, image: Image): void {
    const failures = this.failuresOf(image);
    failures.tasks++;
    if (pop !== "") failures.pops.add(pop);
    if (failures.examples.length >= MAX_EXAMPLES) return;
    const { url, variant, error, http_status } = exampleOf(image) ?? {};
    if (url === undefined) return;
    failures.examples.push({
      url: cutText(url, MAX_FAILURE_EXAMPLE),
      variant: variant && cutText(variant, MAX_NAME),
      pop: cutText(pop, MAX_NAME),
      error: error && cutText(error, MAX_FAILURE_EXAMPLE),
      http_status,
    });
  }

  private addUncompressed(image: Image): void {
    if (this.uncompressed.size >= MAX_EXAMPLES) return;
    const { url, variant } = exampleOf(image) ?? {};
    if (url === undefined) return;
    this.uncompressed.add(cutText(variant === undefined ? url : `${url} (${variant})`, MAX_UNCOMPRESSED_EXAMPLE));
  }
}

function exampleOf(image: Image) {
  return exampleSchema.safeParse(fromAttributes(image)).data;
}
