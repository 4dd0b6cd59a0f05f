import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import { pino } from "pino";
import { Agent, type AgentOptions } from "../../../agent/receive/agent.ts";
import { Beats } from "../../../agent/report/heartbeats.ts";
import { Meter } from "../../../agent/report/throughput.ts";
import { isLarge, type TaskMessage } from "../../../domain/plan/task-message.ts";
import { resultOf } from "./agent-world.ts";

const LOOK_MS = 10;
const logger = pino({ level: "silent" });

/** Of all lanes, so that no two have a receipt in common. */
let receipts = 0;

/** One lane, in memory: no message is lost, and none comes twice. It knows the receipts of no other lane. */
export class MemoryLane {
  readonly waiting: Message[];
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
  async receive(waitSeconds: number, most = 10): Promise<Message[]> {
    const until = performance.now() + waitSeconds * 1_000;
    await sleep(2);
    while (this.waiting.length === 0 && performance.now() < until) await sleep(LOOK_MS);
    const messages = this.waiting.splice(0, most);
    for (const { ReceiptHandle = "" } of messages) this.received.add(ReceiptHandle);
    return messages;
  }
  async delete(receipt: string): Promise<void> {
    if (!this.received.delete(receipt)) throw new Error(`${receipt} was not received here`);
    this.deleted++;
  }
  async hold(receipt: string): Promise<void> {
    if (!this.received.has(receipt)) throw new Error(`${receipt} was not received here`);
  }
  async drain(): Promise<void> {}
  async depth() {
    return { available: this.waiting.length, delayed: 0, inFlight: 0 };
  }

  private outgoing(message: TaskMessage): Message {
    return { Body: JSON.stringify(message), ReceiptHandle: `r${receipts++}` };
  }
}

interface MemoryAgentParts extends Pick<AgentOptions, "meter" | "downloader" | "beats" | "origins"> {
  readonly lanes: { readonly main: MemoryLane; readonly express: MemoryLane };
}

/** An agent that takes from lanes in memory, of requests that go on; its results go nowhere. */
export function memoryAgent({ lanes, ...parts }: MemoryAgentParts): Agent {
  return new Agent({
    ...parts,
    queue: { lanes, drain: async () => undefined },
    logger,
    visibilitySeconds: 30,
    memoryBytes: 8e9,
    deadLetters: { bury: () => Promise.reject(new Error("unplanned: bury")) },
    requests: { isActive: async () => true },
    results: { write: async () => undefined, drain: async () => undefined },
    stored: {
      standing: () => Promise.reject(new Error("unplanned: standing")),
      putIfAbsent: () => Promise.reject(new Error("unplanned: putIfAbsent")),
    },
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
  const meter = new Meter();
  let running = 0;
  const downloader: AgentOptions["downloader"] = {
    download: async (message, url, cancellation, { transfer } = {}) => {
      const tally = isLarge(url) ? meter.large : meter.small;
      running++;
      let before = performance.now();
      for (let left = url.bytes ?? 0; left > 0 && !cancellation.cancelled; ) {
        await sleep(LOOK_MS);
        const now = performance.now();
        const came = Math.min(left, (bytesPerSecond / running) * ((now - before) / 1_000));
        before = now;
        left -= came;
        tally.addBytes(came);
        transfer?.addBytes(came);
      }
      running--;
      tally.addTask(false);
      done.bytes += url.bytes ?? 0;
      done.tasks++;
      done.endedAt = performance.now();
      return resultOf(message, url);
    },
  };
  const progress = { beat: async () => undefined, received: async () => undefined };
  const beats = new Beats({ progress, instance: "i", worker: "w", everyMs: 10_000, logger });
  const agent = memoryAgent({ lanes, meter, downloader, beats });
  const ended = agent.serve();
  return { done, stop: () => agent.stop(), ended };
}
