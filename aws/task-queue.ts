import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import pMap, { pMapSkip } from "p-map";
import * as z from "zod";
import type { TaskMessage } from "../domain/plan/task-message.ts";

/** The most that one SendMessageBatch takes: SQS bounds both the number and, together, the bytes (256 KiB until 2025). */
const BATCH = 10;
const BATCH_BYTES = 256_000;
const IN_PARALLEL = 16;
const ATTEMPTS = 8;
/** Receive calls at once, when messages are dropped. */
const DROPPERS = 16;
const ownedSchema = z.object({ req_id: z.string() });

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

  /**
   * Deletes messages one by one, until none comes, one comes whose request goes on, or `ms` are over. Not by PurgeQueue:
   * that works on for a minute, and takes the messages of a request that starts meanwhile.
   * @param hasEnded asked for each message: its caller remembers what it was told of a request
   * @returns how many were deleted, and whether one came whose request goes on
   */
  async drop(
    hasEnded: (reqId: string) => Promise<boolean>,
    ms: number,
  ): Promise<{ readonly dropped: number; readonly othersFound: boolean }> {
    const until = Date.now() + ms;
    let dropped = 0;
    let othersFound = false;
    const dropSome = async () => {
      while (!othersFound && Date.now() < until) {
        const messages = await this.receive();
        if (messages.length === 0) return;
        const { stale, wanted } = await divide(messages, hasEnded);
        if (wanted.length > 0) othersFound = true;
        await Promise.all([this.delete(stale), this.giveBack(wanted)]);
        dropped += stale.length;
      }
    };
    await Promise.all(Array.from({ length: DROPPERS }, dropSome));
    return { dropped, othersFound };
  }

  private async receive(): Promise<Message[]> {
    // Without any wait, SQS asks some of its servers only, and may find nothing where there is something.
    const { Messages } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: BATCH, WaitTimeSeconds: 1 }),
    );
    return Messages ?? [];
  }

  /** One that cannot be deleted comes back later, and an agent drops it. */
  private async delete(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
  }

  private async giveBack(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle, VisibilityTimeout: 0 }));
    await this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries }));
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

async function divide(messages: readonly Message[], hasEnded: (reqId: string) => Promise<boolean>) {
  const stale: Message[] = [];
  const wanted: Message[] = [];
  for (const message of messages) {
    const reqId = ownerOf(message.Body ?? "");
    // What cannot be read is the agents' to look at, once it is visible again: they know where to bury it.
    if (reqId === undefined) continue;
    if (await hasEnded(reqId)) stale.push(message);
    else wanted.push(message);
  }
  return { stale, wanted };
}

function ownerOf(body: string): string | undefined {
  try {
    return ownedSchema.parse(JSON.parse(body)).req_id;
  } catch {
    return undefined;
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
