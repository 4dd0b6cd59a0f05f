import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type AgentDeps } from "../../../agent/receive/agent.ts";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import type { ReceivedMessage, TaskQueue } from "../../../domain/plan/ports.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { fakeDeadLetters, fakeHeartbeats, fakeStore, logger } from "../fake-deps.ts";
import { resultOf } from "./agent-world.ts";

const LOOK_MS = 10;

/** Of all lanes, so that no two have a receipt in common. */
let receipts = 0;

/** One lane, in memory: no message is lost, and none comes twice. It knows the receipts of no other lane. */
export class MemoryLane implements TaskQueue {
  readonly waiting: ReceivedMessage[];
  deleted = 0;
  private readonly received = new Set<string>();

  constructor(messages: readonly TaskMessage[] = []) {
    this.waiting = messages.map((message) => this.outgoing(message));
  }

  async send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void> {
    for await (const message of messages) this.waiting.push(this.outgoing(message));
  }
  async sendLater(message: TaskMessage, seconds: number): Promise<void> {
    setTimeout(() => this.waiting.push(this.outgoing(message)), seconds * 1_000);
  }
  async receive(waitSeconds: number, most = 10): Promise<ReceivedMessage[]> {
    const until = performance.now() + waitSeconds * 1_000;
    await sleep(2);
    while (this.waiting.length === 0 && performance.now() < until) await sleep(LOOK_MS);
    const messages = this.waiting.splice(0, most);
    for (const { receipt } of messages) this.received.add(receipt);
    return messages;
  }
  async delete(receipt: string): Promise<void> {
    if (!this.received.delete(receipt)) throw new Error(`${receipt} was not received here`);
    this.deleted++;
  }
  async setVisibilityTimeout(receipt: string): Promise<void> {
    if (!this.received.has(receipt)) throw new Error(`${receipt} was not received here`);
  }
  async depth() {
    return { available: this.waiting.length, delayed: 0, inFlight: this.received.size };
  }

  private outgoing(message: TaskMessage): ReceivedMessage {
    const receipt = `r${receipts++}`;
    return { id: receipt, receipt, body: JSON.stringify(message), deliveries: 1 };
  }
}

interface MemoryAgentParts extends Pick<AgentDeps, "download"> {
  readonly lanes: { readonly main: MemoryLane; readonly express: MemoryLane };
  /** @default there are no limits */
  readonly origins?: OriginLimiterRegistry;
}

/** An agent that takes from lanes in memory, of requests that go on; its results go nowhere. */
export function memoryAgent({ lanes, ...parts }: MemoryAgentParts): Agent {
  return new Agent({
    origins: new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now }),
    ...parts,
    queue: { queues: lanes },
    logger,
    visibilitySeconds: 30,
    isMemoryTight: () => false,
    heartbeats: fakeHeartbeats(),
    deadLetters: fakeDeadLetters,
    isActive: async () => true,
    results: Object.assign(new ResultWriter(fakeStore(), logger), { write: async () => undefined }),
    store: fakeStore(),
  });
}

/** What an agent did. */
export interface Done {
  bytes: number;
  tasks: number;
  /** When its last download ended, by `performance.now()`. */
  endedAt: number;
}

/** An agent behind a link of its own, which its downloads share evenly. */
export function startAgent(lanes: MemoryAgentParts["lanes"], bytesPerSecond: number) {
  const done: Done = { bytes: 0, tasks: 0, endedAt: 0 };
  let running = 0;
  const download: AgentDeps["download"] = async (message, url, { cancellation, transfer, throughput }) => {
    running++;
    let before = performance.now();
    for (let left = url.bytes ?? 0; left > 0 && !cancellation.cancelled; ) {
      await sleep(LOOK_MS);
      const now = performance.now();
      const came = Math.min(left, (bytesPerSecond / running) * ((now - before) / 1_000));
      before = now;
      left -= came;
      throughput.addBytes(came);
      transfer.addBytes(came);
    }
    running--;
    throughput.addTask(false);
    done.bytes += url.bytes ?? 0;
    done.tasks++;
    done.endedAt = performance.now();
    return resultOf(message, url);
  };
  const agent = memoryAgent({ lanes, download });
  const ended = agent.serve();
  return { done, stop: () => agent.stop(), ended };
}
