import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { Logger } from "pino";
import { Batcher } from "../../aws/batcher.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const DELAY_MS = 25;
/** Before the second attempt, at most; doubled before each further one, up to the longest. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/** From this attempt on somebody should know. */
const WORTH_A_LINE = 6;

/** Refusals that pass: the table takes so much a second, and more of it minutes later. */
const BUSY = new Set(["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]);

/** Results that DynamoDB had not taken when the agent had to end. */
export class ResultNotWrittenError extends Error {
  override readonly name = "ResultNotWrittenError";
}

/**
 * Writes results, the good ones in batches. A promise that resolves means that the result stands in the table. While
 * DynamoDB is busy or out of reach it is pending: the download is done, its message is held, and its slot is not free for
 * another one, so that nothing is downloaded twice and no more than can be written.
 */
export class Results {
  private readonly good: Batcher<TaskResult>;
  private readonly pending = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly db: DynamoDBClient,
    private readonly table: string,
    private readonly logger: Pick<Logger, "warn">,
  ) {
    this.good = new Batcher({
      size: BATCH,
      delayMs: DELAY_MS,
      send: (results) => this.writeBatch(results),
      key: (result) => `${result.task_key}\n${result.pop_url}`,
    });
  }

  write(result: TaskResult): Promise<void> {
    return result.ok ? this.good.add(result) : this.writeFailure(result);
  }

  /** Returns when all that was handed over is written, or has failed to be. */
  async drain(): Promise<void> {
    await Promise.allSettled([this.good.drain(), ...this.pending]);
  }

  /** Tries no more: what is not written yet fails. */
  giveUp(): void {
    this.ending.abort();
  }

  private async writeBatch(results: readonly TaskResult[]): Promise<undefined[]> {
    let requests: WriteRequest[] = results.map((result) => ({ PutRequest: { Item: toItem(result) } }));
    await this.untilTaken(async () => {
      const answer = await this.db.send(new BatchWriteItemCommand({ RequestItems: { [this.table]: requests } }));
      requests = answer.UnprocessedItems?.[this.table] ?? [];
      return requests.length === 0;
    });
    return [];
  }

  private writeFailure(result: TaskResult): Promise<void> {
    const put = this.untilTaken(() => this.putFailure(result));
    const tracked = put.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    tracked.catch(() => undefined);
    return put;
  }

  /** A failure never replaces a good result: the object was warm once, and a second delivery does not undo that. */
  private async putFailure(result: TaskResult): Promise<true> {
    const put = new PutItemCommand({
      TableName: this.table,
      Item: toItem(result),
      ConditionExpression: "attribute_not_exists(pop_url) OR ok = :false",
      ExpressionAttributeValues: { ":false": { BOOL: false } },
    });
    try {
      await this.db.send(put);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
    }
    return true;
  }

  /** @param attempt says whether all of it was taken. @throws what no repetition mends; ResultNotWrittenError at the end */
  private async untilTaken(attempt: () => Promise<boolean>): Promise<void> {
    const { signal } = this.ending;
    let cause: unknown;
    for (let n = 0; ; n++) {
      try {
        if (await attempt()) return;
      } catch (error) {
        if (!passes(error)) throw error;
        cause = error;
      }
      // Once for a batch: while it lasts, the agent does nothing else, and does not say so otherwise.
      if (n === WORTH_A_LINE) this.logger.warn({ err: cause }, "DynamoDB takes no results, they are tried again");
      if (signal.aborted) throw new ResultNotWrittenError("DynamoDB did not take it in time", { cause });
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** n);
      await sleep(Math.random() * pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Whether it is DynamoDB's or the network's trouble, not the item's or a permission's. */
function passes(error: unknown): boolean {
  if (error instanceof DynamoDBServiceException) {
    return BUSY.has(error.name) || (error.$metadata.httpStatusCode ?? 0) >= 500;
  }
  // Sockets and names that fail have a code of the system's; timeouts and credentials are called so.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E[A-Z]+$/.test(code) || (error instanceof Error && /Timeout|CredentialsProvider/.test(error.name));
}

/** A result in DynamoDB's own form, written out by hand: this is done for every task. */
function toItem(result: TaskResult): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === "string") item[name] = { S: value };
    else if (typeof value === "number") item[name] = { N: String(value) };
    else if (typeof value === "boolean") item[name] = { BOOL: value };
  }
  return item;
}
