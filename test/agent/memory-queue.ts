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
  private readonly inFlight = new Map<string, { readonly body: string; end?: NodeJS.Timeout }>();
  private readonly arrivals = new EventEmitter().setMaxListeners(0);

  /** @param onDelete called with the body of each message that is deleted */
  constructor(
    messages: readonly TaskMessage[] = [],
    private readonly onDelete: (body: string) => void = () => undefined,
  ) {
    this.waiting = messages.map((message) => outgoing(JSON.stringify(message)));
  }

  async receive(waitSeconds: number, most = 10): Promise<ReceivedMessage[]> {
    this.receives++;
    const timeout = AbortSignal.timeout(waitSeconds * 1_000);
    await sleep(LATENCY_MS);
    while (this.waiting.length === 0 && !timeout.aborted)
      await once(this.arrivals, "message", { signal: timeout }).catch(() => undefined);
    const messages = this.waiting.splice(0, most);
    this.received += messages.length;
    for (const { receipt, body } of messages) this.inFlight.set(receipt, { body });
    return messages;
  }

  async delete(receipt: string): Promise<void> {
    const { body, end } = this.held(receipt);
    clearTimeout(end);
    this.onDelete(body);
    this.inFlight.delete(receipt);
  }

  /** A message that is given back comes again; one that is held comes when that ends, unless it is deleted before. */
  async setVisibilityTimeout(receipt: string, seconds: number): Promise<void> {
    const held = this.held(receipt);
    clearTimeout(held.end);
    held.end = setTimeout(() => {
      this.inFlight.delete(receipt);
      this.add(held.body);
    }, seconds * 1_000).unref();
  }

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    for await (const message of messages) {
      this.sent.push(message);
      this.add(JSON.stringify(message));
    }
  }

  async sendLater(message: TaskMessage, seconds: number): Promise<void> {
    setTimeout(() => void this.send([message]), seconds * 1_000);
  }

  async depth(): Promise<QueueDepth> {
    return { available: this.waiting.length, delayed: 0, inFlight: this.inFlight.size };
  }

  private add(body: string): void {
    this.waiting.push(outgoing(body));
    this.arrivals.emit("message");
  }

  private held(receipt: string) {
    const held = this.inFlight.get(receipt);
    if (held === undefined) throw new Error(`${receipt} was not received here`);
    return held;
  }
}

function outgoing(body: string): ReceivedMessage {
  const receipt = `r${receipts++}`;
  return { id: receipt, receipt, body, deliveries: 1 };
}
