import { setTimeout as sleep } from "node:timers/promises";
import type { BatchWriteCommandOutput } from "@aws-sdk/lib-dynamodb";

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const ATTEMPTS = 10;

type WriteRequests = NonNullable<BatchWriteCommandOutput["UnprocessedItems"]>[string];

/** Writes in full batches and writes what DynamoDB left unprocessed again, with growing pauses. */
export async function writeBatches(
  requests: WriteRequests,
  send: (batch: WriteRequests) => Promise<BatchWriteCommandOutput>,
  table: string,
): Promise<void> {
  for (let i = 0; i < requests.length; i += BATCH) {
    let batch = requests.slice(i, i + BATCH);
    for (let attempt = 1; batch.length > 0; attempt++) {
      if (attempt > ATTEMPTS)
        throw new Error(`${batch.length} items for ${table} stayed unprocessed ${ATTEMPTS} times`);
      if (attempt > 1) await sleep(Math.random() * 25 * 2 ** attempt);
      batch = (await send(batch)).UnprocessedItems?.[table] ?? [];
    }
  }
}
