import type { QueueDepth, ReceivedMessage, TaskQueue } from "../../domain/plan/ports.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";

const SWEEP_MS = 1_000;
/** While so many messages are delayed, no more are made: the limits of the origin would delay them as well. */
const MAX_DELAYED = 1_000;

interface InFlight {
  readonly message: TaskMessage;
  readonly deliveries: number;
  /** By `performance.now()`. */
  visibleAt: number;
}

/**
 * A queue in memory, which makes messages of the plan only when they are received. What was sent back or promoted comes first: so few
 * leads are ahead of their followers.
 */
export class WorkQueue implements TaskQueue {
  private readonly ready: { readonly message: TaskMessage; readonly deliveries: number }[] = [];
  private readonly inFlight = new Map<string, InFlight>();
  private readonly delayed = new Set<NodeJS.Timeout>();
  private readonly receivers = new Set<() => void>();
  private plan: AsyncIterator<TaskMessage> | undefined;
  private receipts = 0;
  private wakes = 0;
  private isClosed = false;
  private readonly sweep: NodeJS.Timeout;
  /** By `performance.now()`. */
  private sweptAt = performance.now();

  /** @param onIdle called when nothing is waiting, delayed or in flight, and the plan has no more */
  constructor(
    private readonly visibilitySeconds: number,
    private readonly onIdle: () => void = () => undefined,
  ) {
    this.sweep = setInterval(() => {
      this.addPause();
      this.returnExpired();
    }, SWEEP_MS).unref();
  }

  /** The messages that are still to be made. */
  refill(messages: AsyncIterable<TaskMessage>): void {
    this.plan = messages[Symbol.asyncIterator]();
    this.wake();
  }

  /** Receivers get nothing any more. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.sweep);
    for (const timer of this.delayed) clearTimeout(timer);
    this.delayed.clear();
    this.wake();
  }

  /** Waits until there is a message, however long: an agent that finds an empty queue would return what it has prefetched. */
  async receive(_waitSeconds: number, most = 10): Promise<ReceivedMessage[]> {
    while (!this.isClosed) {
      const before = this.wakes;
      const received = await this.take(most);
      if (received.length > 0) return received;
      // What came meanwhile has woken nobody.
      if (this.wakes === before) await new Promise<void>((resolve) => this.receivers.add(resolve));
    }
    return [];
  }

  async delete(receipt: string): Promise<void> {
    this.inFlight.delete(receipt);
    this.tellIdle();
  }

  async setVisibilityTimeout(receipt: string, seconds: number): Promise<void> {
    const held = this.inFlight.get(receipt);
    if (held === undefined) return;
    held.visibleAt = performance.now() + seconds * 1_000;
    if (seconds === 0) this.returnExpired();
  }

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    for await (const message of messages) this.ready.push({ message, deliveries: 0 });
    this.wake();
  }

  async sendLater(message: TaskMessage, seconds: number): Promise<void> {
    // What a stop defers would keep the process alive for minutes.
    if (this.isClosed) return;
    const timer = setTimeout(() => {
      this.delayed.delete(timer);
      void this.send([message]);
    }, seconds * 1_000);
    this.delayed.add(timer);
  }

  async depth(): Promise<QueueDepth> {
    const available = this.ready.length + (this.plan === undefined ? 0 : 1);
    return { available, delayed: this.delayed.size, inFlight: this.inFlight.size };
  }

  private async take(most: number): Promise<ReceivedMessage[]> {
    const received: ReceivedMessage[] = [];
    while (received.length < most) {
      const next = this.ready.pop() ?? (await this.nextOfPlan());
      if (next === undefined) break;
      const receipt = String(++this.receipts);
      const deliveries = next.deliveries + 1;
      const visibleAt = performance.now() + this.visibilitySeconds * 1_000;
      this.inFlight.set(receipt, { message: next.message, deliveries, visibleAt });
      received.push({ id: receipt, receipt, body: JSON.stringify(next.message), deliveries });
    }
    return received;
  }

  private async nextOfPlan(): Promise<{ readonly message: TaskMessage; readonly deliveries: number } | undefined> {
    if (this.delayed.size >= MAX_DELAYED) return undefined;
    const { plan } = this;
    const next = await plan?.next();
    if (next === undefined || next.done === true) {
      if (this.plan === plan) this.plan = undefined;
      this.tellIdle();
      return undefined;
    }
    return { message: next.value, deliveries: 0 };
  }

  /** Time in which this process did not run does not count: its agent could extend no timeout, and holds all messages still. */
  private addPause(): void {
    const now = performance.now();
    const pausedMs = Math.max(0, now - this.sweptAt - SWEEP_MS);
    this.sweptAt = now;
    for (const held of this.inFlight.values()) held.visibleAt += pausedMs;
  }

  private returnExpired(): void {
    const now = performance.now();
    for (const [receipt, { message, deliveries, visibleAt }] of this.inFlight) {
      if (visibleAt > now) continue;
      this.inFlight.delete(receipt);
      this.ready.push({ message, deliveries });
    }
    if (this.ready.length > 0) this.wake();
  }

  private wake(): void {
    this.wakes++;
    for (const resolve of this.receivers) resolve();
    this.receivers.clear();
  }

  private tellIdle(): void {
    const isIdle = this.plan === undefined && this.ready.length + this.delayed.size + this.inFlight.size === 0;
    if (isIdle && !this.isClosed) this.onIdle();
  }
}
