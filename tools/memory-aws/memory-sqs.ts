// SQS in memory: visibility timeouts, delays, long polling, redrive to a dead-letter queue. Messages are served in order.
import { AwsError } from "./aws-http.ts";

export interface QueueSettings {
  readonly name: string;
  readonly visibilitySeconds: number;
  /** Where a message goes that was received so often without being deleted. */
  readonly redrive?: { readonly to: string; readonly maxReceives: number };
}

interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly StringValue?: string }>>;
  readonly sentAt: number;
  /** Milliseconds since the epoch: before that nobody receives it. */
  visibleAt: number;
  receives: number;
  /** Of its last receive; none while it has not been received. */
  receipt: string | undefined;
}

/** A message as it is received. */
interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
  readonly messageAttributes: QueuedMessage["attributes"];
}

interface Entry {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}
type Input = Entry & {
  readonly QueueUrl: string;
  readonly Entries?: readonly Entry[];
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
};

class MemoryQueue {
  /** By their ids, in the order in which they came. */
  readonly messages = new Map<string, QueuedMessage>();
  readonly waiting = new Set<() => void>();
  constructor(readonly settings: QueueSettings) {}
}

export class MemorySqs {
  private readonly queues: ReadonlyMap<string, MemoryQueue>;
  /** Every message that was sent, in order. */
  readonly sent: (Pick<QueuedMessage, "body" | "attributes"> & {
    readonly queue: string;
    readonly delaySeconds: number;
  })[] = [];
  private count = 0;

  constructor(settings: readonly QueueSettings[]) {
    this.queues = new Map(settings.map((one) => [one.name, new MemoryQueue(one)]));
  }

  /** What is in a queue, in flight or not. */
  messages(name: string): readonly QueuedMessage[] {
    return [...this.named(name).messages.values()];
  }

  /** Takes up to so many messages that are visible. Those received too often go to the dead-letter queue. */
  take(name: string, maxMessages: number): SqsRecord[] {
    const queue = this.named(name);
    const now = Date.now();
    const { redrive, visibilitySeconds } = queue.settings;
    const taken: SqsRecord[] = [];
    for (const message of queue.messages.values()) {
      if (taken.length >= maxMessages) break;
      if (message.visibleAt > now) continue;
      if (redrive !== undefined && message.receives >= redrive.maxReceives) {
        queue.messages.delete(message.id);
        this.add(redrive.to, { MessageBody: message.body, MessageAttributes: message.attributes });
        continue;
      }
      message.receives++;
      message.receipt = `${message.id}#${message.receives}`;
      this.hide(queue, message, visibilitySeconds);
      taken.push(recordOf(message, message.receipt));
    }
    return taken;
  }

  /** Puts a message into a queue, as a service of AWS does. */
  send(name: string, body: string): void {
    this.add(name, { MessageBody: body });
  }

  delete(name: string, receipt: string | undefined): void {
    const queue = this.named(name);
    const message = received(queue, receipt);
    if (message !== undefined) queue.messages.delete(message.id);
  }

  /** @throws AwsError what SQS would answer; Error for an operation that is not supported here */
  async call(operation: string, input: Input): Promise<unknown> {
    const name = input.QueueUrl.split("/").at(-1) ?? "";
    const queue = this.named(name);
    const entries = input.Entries ?? [];
    if (entries.length > 10) throw new AwsError("TooManyEntriesInBatchRequest", `${entries.length} entries`);
    if ([input, ...entries].some(({ DelaySeconds = 0 }) => DelaySeconds > 900))
      throw new AwsError("InvalidParameterValue", "DelaySeconds is at most 900");
    const successful = { Successful: entries.map(({ Id }) => ({ Id, MessageId: Id })), Failed: [] };
    switch (operation) {
      case "SendMessage":
        return { MessageId: this.add(name, input).id };
      case "DeleteMessage":
        this.delete(name, input.ReceiptHandle);
        return {};
      case "SendMessageBatch":
        for (const entry of entries) this.add(name, entry);
        return successful;
      case "DeleteMessageBatch":
        for (const { ReceiptHandle } of entries) this.delete(name, ReceiptHandle);
        return successful;
      case "ChangeMessageVisibility":
        this.changeVisibility(queue, input);
        return {};
      case "ChangeMessageVisibilityBatch":
        for (const entry of entries) this.changeVisibility(queue, entry);
        return successful;
      case "ReceiveMessage":
        return { Messages: await this.receive(queue, input) };
      case "GetQueueAttributes":
        return { Attributes: this.attributes(queue) };
      default:
        throw new Error(`SQS ${operation} is not supported here`);
    }
  }

  private async receive(queue: MemoryQueue, input: Input): Promise<object[]> {
    const until = Date.now() + (input.WaitTimeSeconds ?? 0) * 1_000;
    for (;;) {
      const records = this.take(queue.settings.name, input.MaxNumberOfMessages ?? 1);
      if (records.length > 0 || Date.now() >= until) {
        return records.map(({ messageId, receiptHandle, body, attributes, messageAttributes }) => ({
          MessageId: messageId,
          ReceiptHandle: receiptHandle,
          Body: body,
          Attributes: attributes,
          MessageAttributes: messageAttributes,
        }));
      }
      await this.untilMessage(queue, until);
    }
  }

  /** Returns when a message was sent, became visible, or the time is over. */
  private async untilMessage(queue: MemoryQueue, until: number): Promise<void> {
    let next = until;
    for (const { visibleAt } of queue.messages.values()) next = Math.min(next, visibleAt);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.max(1, next - Date.now()));
      function done() {
        clearTimeout(timer);
        queue.waiting.delete(done);
        resolve();
      }
      queue.waiting.add(done);
    });
  }

  private add(name: string, { MessageBody = "", DelaySeconds = 0, MessageAttributes = {} }: Entry): QueuedMessage {
    const queue = this.named(name);
    const message = {
      id: `m${++this.count}`,
      body: MessageBody,
      attributes: MessageAttributes,
      sentAt: Date.now(),
      visibleAt: Date.now() + DelaySeconds * 1_000,
      receives: 0,
      receipt: undefined,
    };
    queue.messages.set(message.id, message);
    this.sent.push({ queue: name, body: MessageBody, attributes: MessageAttributes, delaySeconds: DelaySeconds });
    this.wake(queue);
    return message;
  }

  private changeVisibility(queue: MemoryQueue, { ReceiptHandle, VisibilityTimeout = 0 }: Entry): void {
    const message = received(queue, ReceiptHandle);
    if (message === undefined) throw new AwsError("InvalidParameterValue", `There is no message ${ReceiptHandle}`);
    this.hide(queue, message, VisibilityTimeout);
  }

  private hide(queue: MemoryQueue, message: QueuedMessage, seconds: number): void {
    message.visibleAt = Date.now() + seconds * 1_000;
    this.wake(queue);
  }

  private wake(queue: MemoryQueue): void {
    for (const done of [...queue.waiting]) done();
  }

  private attributes(queue: MemoryQueue): Record<string, string> {
    const now = Date.now();
    const hidden = [...queue.messages.values()].filter(({ visibleAt }) => visibleAt > now);
    const delayed = hidden.filter(({ receives }) => receives === 0).length;
    return {
      ApproximateNumberOfMessages: String(queue.messages.size - hidden.length),
      ApproximateNumberOfMessagesNotVisible: String(hidden.length - delayed),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
  }

  private named(name: string): MemoryQueue {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", `There is no queue ${name}`);
    return queue;
  }
}

/** The message that was received last by this receipt, which begins with its id. */
function received({ messages }: MemoryQueue, receipt = ""): QueuedMessage | undefined {
  const message = messages.get(receipt.split("#", 1)[0] ?? "");
  return message?.receipt === receipt ? message : undefined;
}

function recordOf({ id, body, receives, attributes }: QueuedMessage, receiptHandle: string): SqsRecord {
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: { ApproximateReceiveCount: String(receives) },
    messageAttributes: attributes,
  };
}
