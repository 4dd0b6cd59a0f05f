import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueDepth, ReceivedMessage, TaskQueue } from "../../domain/plan/ports.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";

const LATENCY_MS = 2;

/** Of all queues, so that no two have a receipt in common. */
let receipts = 0;

/** A queue in memory: no message is lost, and none comes twice. It knows the receipts of no other queue. */
export class MemoryQueue implements TaskQueue {
  /** Every message that was sent, in order. */
  readonly sent: TaskMessage[] = [];
  readonly waiting: ReceivedMessage[];
  /** Calls that have begun. */
  receives = 0;
  received = 0;
  private readonly inFlight = new Map<string, string>();
  private readonly arrivals = new EventEmitter().setMaxListeners(0);

  /** @param onDelete called with the body of each message that is deleted */
  constructor(
    messages: readonly TaskMessage[] = [],
    private readonly onDelete: (body: string) => void = () => undefined,
  ) {
    this.waiting = messages.map(outgoing);
  }

  async receive(waitSeconds: number, most = 10): Promise<ReceivedMessage[]> {
    this.receives++;
    const timeout = AbortSignal.timeout(waitSeconds * 1_000);
    await sleep(LATENCY_MS);
    while (this.waiting.length === 0 && !timeout.aborted)
      await once(this.arrivals, "message", { signal: timeout }).catch(() => undefined);
    const messages = this.waiting.splice(0, most);
    this.received += messages.length;
    for (const { receipt, body } of messages) this.inFlight.set(receipt, body);
    return messages;
  }

  async delete(receipt: string): Promise<void> {
    this.onDelete(this.bodyOf(receipt));
    this.inFlight.delete(receipt);
  }

  async setVisibilityTimeout(receipt: string): Promise<void> {
    this.bodyOf(receipt);
  }

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    for await (const message of messages) {
      this.sent.push(message);
      this.waiting.push(outgoing(message));
      this.arrivals.emit("message");
    }
  }

  async sendLater(message: TaskMessage, seconds: number): Promise<void> {
    setTimeout(() => void this.send([message]), seconds * 1_000);
  }

  async depth(): Promise<QueueDepth> {
    return { available: this.waiting.length, delayed: 0, inFlight: this.inFlight.size };
  }

  private bodyOf(receipt: string): string {
    const body = this.inFlight.get(receipt);
    if (body === undefined) throw new Error(`${receipt} was not received here`);
    return body;
  }
}

function outgoing(message: TaskMessage): ReceivedMessage {
  const receipt = `r${receipts++}`;
  return { id: receipt, receipt, body: JSON.stringify(message), deliveries: 1 };
}
