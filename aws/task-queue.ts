import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import pMap, { pMapSkip } from "p-map";
import { Batcher } from "../domain/batcher.ts";
import { MAX_DEFERRAL_SECONDS } from "../domain/limits.ts";
import type { QueueDepth, ReceivedMessage, TaskQueue } from "../domain/plan/ports.ts";
import type { TaskMessage } from "../domain/plan/task-message.ts";
import type { TaskQueueName } from "../domain/request/task-queue-name.ts";
import { retry } from "../domain/retry.ts";

/** URLs of the two queues. */
type QueueUrls = Readonly<Record<TaskQueueName, string>>;

/** The two queues of tasks. Task and Shutdown send messages, agents receive them; small requests have a queue of their own. */
export class MainAndExpressQueues {
  readonly queues: Readonly<Record<TaskQueueName, SqsTaskQueue>>;

  constructor(sqs: SQSClient, urls: QueueUrls) {
    this.queues = { main: new SqsTaskQueue(sqs, urls.main), express: new SqsTaskQueue(sqs, urls.express) };
  }

  /** @throws TasksNotQueuedError if SQS refuses some again and again */
  send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, queue: TaskQueueName = "main"): Promise<void> {
    return this.queues[queue].send(messages);
  }

  /** Messages in both queues, in flight or not, as SQS estimates them. */
  async messageCount(): Promise<number> {
    const depths = await Promise.all(Object.values(this.queues).map((queue) => queue.depth()));
    return depths.reduce((sum, { available, delayed, inFlight }) => sum + available + delayed + inFlight, 0);
  }
}

/** The most entries that a batch of any kind takes. */
const BATCH = 10;
/** SQS bounds a batch of messages by their bytes, too (256 KiB until 2025). */
const BATCH_BYTES = 256_000;
const SENT_IN_PARALLEL = 16;
const SEND_RETRY = { attempts: 8, firstMs: 50 };
/** Deletions and extensions wait this long for others to share a call with. */
const COALESCE = { size: BATCH, delayMs: 20 };
/** Deferred messages are not urgent, and there may be many. */
const COALESCE_DEFERRED = { size: BATCH, delayMs: 300 };

/** Messages that could not be queued. */
export class TasksNotQueuedError extends Error {
  override readonly name = "TasksNotQueuedError";
  constructor(count: number, reason: string) {
    super(`${count} task messages could not be queued: ${reason}`);
  }
}

/** SQS refused one entry of a batch. */
export class QueueEntryError extends Error {
  override readonly name = "QueueEntryError";
}

/** A message on its way to SQS. Its request is its group: SQS serves a request with few messages in flight before others. */
interface Outgoing {
  readonly body: string;
  readonly reqId: string;
  readonly delaySeconds: number;
}

interface Extension {
  readonly receipt: string;
  readonly seconds: number;
}

/** One of the two queues of tasks, or the dead-letter queue behind them. */
export class SqsTaskQueue implements TaskQueue {
  private readonly deletions: Batcher<string>;
  private readonly extensions: Batcher<Extension>;
  private readonly delayed: Batcher<Outgoing>;

  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
  ) {
    this.deletions = new Batcher({ ...COALESCE, send: (receipts) => this.deleteBatch(receipts) });
    this.extensions = new Batcher({ ...COALESCE, send: (items) => this.setVisibilityBatch(items) });
    this.delayed = new Batcher({ ...COALESCE_DEFERRED, send: (items) => this.sendAll(items).then(() => []) });
  }

  /** Queues all messages in full batches, several at once. @throws TasksNotQueuedError if SQS refuses some again and again */
  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    await this.sendAll(outgoing(messages));
  }

  /**
   * Queues a message that nobody can receive before some time has passed.
   * @param seconds rounded up to whole ones, and at most {@link MAX_DEFERRAL_SECONDS}
   * @throws TasksNotQueuedError
   */
  sendLater(message: TaskMessage, seconds: number): Promise<void> {
    const delaySeconds = Math.min(MAX_DEFERRAL_SECONDS, Math.max(0, Math.ceil(seconds)));
    return this.delayed.add({ body: JSON.stringify(message), reqId: message.req_id, delaySeconds });
  }

  /**
   * Messages; none after `waitSeconds` without one. It cannot be aborted: messages on their way to a caller that
   * disconnected would be hidden until their visibility timeout.
   * @param waitSeconds at least 1: without any wait, SQS asks some of its servers only, and may find nothing where there is something
   * @param most 1 to 10
   */
  async receive(waitSeconds: number, most = BATCH): Promise<ReceivedMessage[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: most,
        WaitTimeSeconds: waitSeconds,
        // How often it was received, with this time: an agent that receives it again checks which tasks have results.
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        MessageAttributeNames: ["reason"],
      }),
    );
    return Messages.map(({ MessageId = "", ReceiptHandle = "", Body = "", Attributes, MessageAttributes }) => ({
      id: MessageId,
      receipt: ReceiptHandle,
      body: Body,
      deliveries: Number(Attributes?.ApproximateReceiveCount ?? 1),
      reason: MessageAttributes?.["reason"]?.StringValue,
    }));
  }

  /** @throws QueueEntryError if SQS refuses it; the message comes back later then */
  delete(receipt: string): Promise<void> {
    return this.deletions.add(receipt);
  }

  /** Sets the remaining visibility timeout of a message; 0 makes it visible at once. @throws QueueEntryError */
  setVisibilityTimeout(receipt: string, seconds: number): Promise<void> {
    return this.extensions.add({ receipt, seconds });
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
      available: number("ApproximateNumberOfMessages"),
      delayed: number("ApproximateNumberOfMessagesDelayed"),
      inFlight: number("ApproximateNumberOfMessagesNotVisible"),
    };
  }

  private async sendAll(items: AsyncIterable<Outgoing> | Iterable<Outgoing>): Promise<void> {
    await pMap(inBatches(items), (batch) => this.sendBatch(batch).then(() => pMapSkip), {
      concurrency: SENT_IN_PARALLEL,
    });
  }

  /** What SQS refuses of a batch is sent again alone. */
  private async sendBatch(batch: readonly Outgoing[]): Promise<void> {
    let left = batch;
    const reason = await retry(
      async () => {
        const Entries = left.map(({ body, reqId, delaySeconds }, i) => ({
          Id: String(i),
          MessageBody: body,
          MessageGroupId: reqId,
          ...(delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds }),
        }));
        const { Failed = [] } = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
        const failed = new Set(Failed.map(({ Id }) => Number(Id)));
        left = left.filter((_, i) => failed.has(i));
        return Failed[0]?.Message ?? Failed[0]?.Code ?? "unknown";
      },
      { ...SEND_RETRY, retryOnResult: () => left.length > 0 },
    );
    if (left.length > 0) throw new TasksNotQueuedError(left.length, reason);
  }

  private async deleteBatch(receipts: readonly string[]): Promise<(Error | undefined)[]> {
    const Entries = receipts.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
    const { Failed } = await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
    return toErrors(receipts.length, Failed);
  }

  private async setVisibilityBatch(items: readonly Extension[]): Promise<(Error | undefined)[]> {
    const Entries = items.map(({ receipt, seconds }, i) => ({
      Id: String(i),
      ReceiptHandle: receipt,
      VisibilityTimeout: seconds,
    }));
    const { Failed } = await this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries }));
    return toErrors(items.length, Failed);
  }
}

function toErrors(count: number, failed: readonly BatchResultErrorEntry[] = []): (Error | undefined)[] {
  const errors = new Array<Error | undefined>(count).fill(undefined);
  for (const entry of failed) {
    errors[Number(entry.Id)] = new QueueEntryError(`${entry.Code}: ${entry.Message ?? ""}`);
  }
  return errors;
}

async function* outgoing(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): AsyncGenerator<Outgoing> {
  for await (const message of messages) yield { body: JSON.stringify(message), reqId: message.req_id, delaySeconds: 0 };
}

async function* inBatches(items: AsyncIterable<Outgoing> | Iterable<Outgoing>): AsyncGenerator<Outgoing[]> {
  let batch: Outgoing[] = [];
  let bytes = 0;
  for await (const item of items) {
    const { body } = item;
    if (batch.length === BATCH || (batch.length > 0 && bytes + body.length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += body.length;
  }
  if (batch.length > 0) yield batch;
}
