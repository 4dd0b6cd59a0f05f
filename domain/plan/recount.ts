import * as z from "zod";
import { countSchema } from "../result/count.ts";
import { failureTallySchema } from "../result/failure-tally.ts";
import type { Ledger, SavedLedger } from "./task-bitmap.ts";

/** A checkpoint that was written longer ago is not gone on from: much may have come of the shards that it has read. */
const VALID_MS = 3_600_000;

/** Where a recount stopped when the time of its run was over. */
export const recountCheckpointSchema = z.object({
  /** What the request was like: {@link recountState}. */
  state: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Shards that are read, from the first one on. */
  shards: z.number().int().nonnegative(),
  count: countSchema,
  /** Failures so far, by reason. */
  failures: failureTallySchema,
  /** The ledger's bits in Base64: tasks that have a result. */
  bits: z.base64(),
  /** The same of those that are good. */
  good: z.base64(),
  /** Keys of the objects with the report's rows so far, in order. */
  parts: z.array(z.string()),
  /** The same of the file of all results. */
  results: z.array(z.string()),
  /** Whether that file stands whole, and only the report is to be written. */
  results_done: z.boolean(),
});
export type RecountCheckpoint = z.infer<typeof recountCheckpointSchema>;

/** Where it is kept. */
export const RECOUNT_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/recount/checkpoint.json.gz`,
  schema: recountCheckpointSchema,
};

/** What a request must be like for its recount to go on where it stopped: another one begins anew. */
export function recountState(
  item: { readonly status: string; readonly total_count: number; readonly shards: number; readonly requeues: number },
  timeIsUp: boolean,
): string {
  const { status, total_count: total, shards, requeues } = item;
  return [status, total, shards, requeues, timeIsUp ? "time is up" : "in time"].join("/");
}

/** The ledger of a checkpoint, if the recount may go on from it. @param now milliseconds since the epoch */
export function usableLedger(checkpoint: RecountCheckpoint, state: string, now: number): SavedLedger | undefined {
  if (checkpoint.state !== state || now - checkpoint.at > VALID_MS) return undefined;
  return {
    count: checkpoint.count,
    bits: Buffer.from(checkpoint.bits, "base64"),
    good: Buffer.from(checkpoint.good, "base64"),
  };
}

export function checkpointOf(
  ledger: Ledger,
  rest: Pick<RecountCheckpoint, "state" | "at" | "shards" | "parts" | "results" | "results_done" | "failures">,
): RecountCheckpoint {
  const { count, bits, good } = ledger.saved();
  return { ...rest, count, bits: base64(bits), good: base64(good) };
}

function base64(bits: Uint8Array): string {
  return Buffer.from(bits.buffer, bits.byteOffset, bits.length).toString("base64");
}
