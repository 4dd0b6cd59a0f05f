import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { Batcher } from "../../aws/batcher.ts";

const BATCH = 10;
const DELAY_MS = 20;
/** SQS allows 20; but a call is waited out, never cut off, and a stop should not take long. */
const LONG_POLL_SECONDS = 5;

/** SQS refused one entry of a batch. */
export class QueueEntryError extends Error {
  override readonly name = "QueueEntryError";
}

/** The queue of tasks, seen from the side that empties it. */
export class MessageQueue {
  private readonly deletions: Batcher<string>;
  private readonly extensions: Batcher<{ readonly receipt: string; readonly seconds: number }>;

  constructor(
    private readonly sqs: SQSClient,
    private readonly url: string,
    private readonly deadLetterUrl: string,
  ) {
    this.deletions = new Batcher({
      size: BATCH,
      delayMs: DELAY_MS,
      send: async (receipts) => {
        const Entries = receipts.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
        const { Failed } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
        return toErrors(receipts.length, Failed);
      },
    });
    this.extensions = new Batcher({
      size: BATCH,
      delayMs: DELAY_MS,
      send: async (items) => {
        const Entries = items.map(({ receipt, seconds }, i) => ({
          Id: String(i),
          ReceiptHandle: receipt,
          VisibilityTimeout: seconds,
        }));
        const { Failed } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
        return toErrors(items.length, Failed);
      },
    });
  }

  /**
   * Up to ten messages; none after five seconds without one. It cannot be aborted: messages on their way to a caller
   * that hung up would be nobody's until their visibility timeout.
   */
  async receive(): Promise<Message[]> {
    const { Messages } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: LONG_POLL_SECONDS,
      }),
    );
    return Messages ?? [];
  }

  delete(receipt: string): Promise<void> {
    return this.deletions.add(receipt);
  }

  /** Keeps a message from others for so many seconds from now; 0 gives it back at once. */
  hold(receipt: string, seconds: number): Promise<void> {
    return this.extensions.add({ receipt, seconds });
  }

  /** Puts a message into the queue anew, as if it had never been received. */
  async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  /** Puts a message that cannot be worked on into the dead-letter queue, with the reason. */
  async bury(body: string, reason: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.deadLetterUrl,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: "String", StringValue: reason.slice(0, 1_000) } },
      }),
    );
  }

  /** How many messages there are, in flight or not, as SQS estimates them. */
  async messages(): Promise<number> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
  }

  /** Returns when all calls have ended. */
  async drain(): Promise<void> {
    await Promise.all([this.deletions.drain(), this.extensions.drain()]);
  }
}

function toErrors(count: number, failed: readonly BatchResultErrorEntry[] | undefined): (Error | undefined)[] {
  const errors = new Array<Error | undefined>(count).fill(undefined);
  for (const entry of failed ?? []) {
    errors[Number(entry.Id)] = new QueueEntryError(`${entry.Code}: ${entry.Message ?? ""}`);
  }
  return errors;
}
