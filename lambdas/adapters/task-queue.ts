import { setTimeout as sleep } from "node:timers/promises";
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import pMap, { pMapSkip } from "p-map";
import type { TaskMessage } from "../../contracts/task-message.ts";

/** The most that one SendMessageBatch takes: SQS bounds both the number and, together, the bytes (256 KiB until 2025). */
const BATCH = 10;
const BATCH_BYTES = 256_000;
const IN_PARALLEL = 16;
const ATTEMPTS = 8;

/** Messages that could not be queued. */
export class TasksNotQueuedError extends Error {
  override readonly name = "TasksNotQueuedError";
  constructor(count: number, reason: string) {
    super(`${count} task messages could not be queued: ${reason}`);
  }
}

/** Messages in the queue, as SQS estimates them: to be received, and received but not deleted. */
export interface QueueDepth {
  readonly available: number;
  readonly inFlight: number;
}

/** The queue of tasks, seen from the side that fills it. */
export class TaskQueue {
  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {}

  /** Queues all messages in full batches, several at once; what SQS refuses of a batch is sent again alone. */
  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    await pMap(inBatches(messages), (batch) => this.sendBatch(batch).then(() => pMapSkip), {
      concurrency: IN_PARALLEL,
    });
  }

  async depth(): Promise<QueueDepth> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.url,
        AttributeNames: [
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
        ],
      }),
    );
    const number = (name: keyof NonNullable<typeof Attributes>) => Number(Attributes?.[name] ?? 0);
    return {
      available: number("ApproximateNumberOfMessages") + number("ApproximateNumberOfMessagesDelayed"),
      inFlight: number("ApproximateNumberOfMessagesNotVisible"),
    };
  }

  /** Deletes every message. SQS takes one purge a minute; one that is under way does what this one would. */
  async purge(): Promise<void> {
    try {
      await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.url }));
    } catch (error) {
      if (!(error instanceof Error) || !/PurgeQueueInProgress/.test(error.name)) throw error;
    }
  }

  private async sendBatch(bodies: readonly string[]): Promise<void> {
    let left = [...bodies];
    let reason = "";
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await sleep(Math.random() * 50 * 2 ** attempt);
      const { Failed } = await this.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: this.url,
          Entries: left.map((MessageBody, i) => ({ Id: String(i), MessageBody })),
        }),
      );
      if (Failed === undefined || Failed.length === 0) return;
      reason = Failed[0]?.Message ?? Failed[0]?.Code ?? "unknown";
      left = Failed.map((entry) => left[Number(entry.Id)] ?? "");
    }
    throw new TasksNotQueuedError(left.length, reason);
  }
}

async function* inBatches(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for await (const message of messages) {
    const body = JSON.stringify(message);
    if (batch.length === BATCH || (batch.length > 0 && bytes + body.length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += body.length;
  }
  if (batch.length > 0) yield batch;
}
