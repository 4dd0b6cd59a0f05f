import type { BatchWriteCommandOutput } from "@aws-sdk/lib-dynamodb";
import { retry } from "../domain/retry.ts";

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const PATIENCE = { attempts: 10, firstMs: 25 };

type WriteRequests = NonNullable<BatchWriteCommandOutput["UnprocessedItems"]>[string];

/** Writes in full batches and writes what DynamoDB left unprocessed again, with growing pauses. */
export async function writeBatches(
  requests: WriteRequests,
  send: (batch: WriteRequests) => Promise<BatchWriteCommandOutput>,
  table: string,
): Promise<void> {
  for (let i = 0; i < requests.length; i += BATCH) {
    let left = requests.slice(i, i + BATCH);
    const writeLeft = async () => {
      left = (await send(left)).UnprocessedItems?.[table] ?? [];
    };
    await retry(writeLeft, { ...PATIENCE, again: () => left.length > 0 });
    if (left.length > 0) {
      throw new Error(`${left.length} items for ${table} stayed unprocessed ${PATIENCE.attempts} times`);
    }
  }
}
