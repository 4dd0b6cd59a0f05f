import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Lane } from "../domain/plan/lane.ts";
import type { TaskMessage } from "../domain/plan/task-message.ts";
import { type QueueDepth, TaskLane } from "./task-lane.ts";

export { allMessages, type QueueDepth } from "./task-lane.ts";

/** URLs of the two queues. */
export type LaneUrls = Readonly<Record<Lane, string>>;

/** The tasks that wait. Task and Shutdown queue them, agents take them: small requests have a lane of their own. */
export class TaskQueue {
  readonly lanes: Readonly<Record<Lane, TaskLane>>;

  constructor(sqs: SQSClient, urls: LaneUrls) {
    this.lanes = { main: new TaskLane(sqs, urls.main), express: new TaskLane(sqs, urls.express) };
  }

  /** @throws TasksNotQueuedError if SQS refuses some again and again */
  send(messages: AsyncIterable<TaskMessage> | Iterable<TaskMessage>, lane: Lane = "main"): Promise<void> {
    return this.lanes[lane].send(messages);
  }

  /** Of both lanes. */
  async depth(): Promise<QueueDepth> {
    const [main, express] = await Promise.all([this.lanes.main.depth(), this.lanes.express.depth()]);
    return {
      available: main.available + express.available,
      delayed: main.delayed + express.delayed,
      inFlight: main.inFlight + express.inFlight,
    };
  }

  /** Returns when all deletions and extensions have ended. */
  async drain(): Promise<void> {
    await Promise.all([this.lanes.main.drain(), this.lanes.express.drain()]);
  }
}
