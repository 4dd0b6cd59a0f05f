import type { MainAndExpressQueues } from "../../../aws/task-queue.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskQueueName } from "../../../domain/request/task-queue-name.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";
import { collect } from "../../collect.ts";

export class FakeQueue implements Omit<Public<MainAndExpressQueues>, "queues" | "drain"> {
  messages: TaskMessage[] = [];
  readonly usedLanes = new Set<TaskQueueName>();
  /** Messages that an agent holds. */
  inFlight = 0;

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, lane: TaskQueueName = "main") {
    this.usedLanes.add(lane);
    this.messages.push(...(await collect(messages)));
  }
  async messageCount() {
    return this.messages.length + this.inFlight;
  }
}

/** Drops from the head of a queue, as far as the messages there belong to requests that have ended. */
export class FakeStaleMessages {
  constructor(private readonly queue: FakeQueue) {}

  async drop(hasEnded: (reqId: string) => Promise<boolean>) {
    const { messages } = this.queue;
    const before = messages.length;
    while (messages[0] !== undefined && (await hasEnded(messages[0].req_id))) messages.shift();
    return { dropped: before - messages.length, othersFound: messages.length > 0 };
  }
}
