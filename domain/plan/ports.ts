// What the agent needs of the services around it. aws/ implements these interfaces, and cli/direct/ implements them on one machine.
import type { Heartbeat } from "../request/progress.ts";
import type { TaskResult } from "../result/task-result.ts";
import type { LeadResult } from "./followers.ts";
import type { TaskKey } from "./task.ts";
import type { TaskMessage } from "./task-message.ts";

/** A message that was received, and is hidden from other consumers for the visibility timeout. */
export interface ReceivedMessage {
  readonly id: string;
  /** The handle to delete it or to extend its visibility timeout with. */
  readonly receipt: string;
  readonly body: string;
  /** How often it was received, with this time. */
  readonly deliveries: number;
  /** Why an agent put it into the dead-letter queue. Absent: it is a task, or SQS put it there after the last delivery. */
  readonly reason?: string | undefined;
}

/** Messages in a queue, as the queue estimates them. */
export interface QueueDepth {
  readonly available: number;
  /** Sent with a delay that is not over. */
  readonly delayed: number;
  /** Received but not deleted. */
  readonly inFlight: number;
}

/** One queue of task messages. It delivers each message at least once. Every call throws what the service does. */
export interface TaskQueue {
  /** @param waitSeconds at least 1, of a long poll @param most 1 to 10 @returns none after `waitSeconds` without one */
  receive(waitSeconds: number, most?: number): Promise<ReceivedMessage[]>;
  delete(receipt: string): Promise<void>;
  /** Hides a message from other consumers for so many seconds from now; 0 makes it visible at once. */
  setVisibilityTimeout(receipt: string, seconds: number): Promise<void>;
  send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>): Promise<void>;
  /** Sends a message with a delay: no consumer can receive it before. */
  sendLater(message: TaskMessage, seconds: number): Promise<void>;
  depth(): Promise<QueueDepth>;
}

/** The queue of messages that no agent can process. */
export interface DeadLetters {
  send(body: string, reason: string): Promise<void>;
}

/** The results of tasks. */
export interface ResultStore {
  /** Writes good results, at most 25 and none twice. @returns those to write again: the store is busy */
  putGood(results: readonly TaskResult[]): Promise<readonly TaskResult[]>;
  /** Writes a failure, unless the task has a good result. */
  putFailure(result: TaskResult): Promise<void>;
  /** Writes results of tasks that have none. */
  putIfAbsent(results: readonly TaskResult[]): Promise<void>;
  /** The stored results of tasks, by `pop_url`. */
  findExisting(keys: readonly TaskKey[]): Promise<ReadonlyMap<string, LeadResult>>;
  /** Whether an error of a write is temporary: the service or the network, not the item or a permission. */
  isTemporary(error: unknown): boolean;
}

/** The heartbeats of processes. */
export interface HeartbeatStore {
  /** @param expireAt seconds since the epoch */
  writeHeartbeat(reqId: string, heartbeat: Heartbeat, expireAt: number): Promise<void>;
}
