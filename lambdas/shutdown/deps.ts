import type { Logger } from "@aws-lambda-powertools/logger";
import type { AsyncFunction } from "../../aws/async-function.ts";
import type { Checkpoints } from "../../aws/checkpoints.ts";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { EventBus } from "../../aws/event-bus.ts";
import type { Lists, ResultFiles } from "../../aws/lists.ts";
import type { ProgressTable } from "../../aws/progress-table.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { SettlementQueue } from "../../aws/settlement-queue.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { CheckSchedule, Timer } from "../../aws/timer.ts";
import type { RecountCheckpoint } from "../../domain/readiness/recount.ts";
import type { Timings } from "../../domain/request/lifecycle.ts";
import type { Capacity } from "../runtime.ts";
import type { StaleMessages } from "./stale-messages.ts";

export interface ShutdownDeps {
  readonly requests: RequestTable;
  readonly requestPops: RequestPopTable;
  readonly results: RequestTaskTable;
  readonly progress: ProgressTable;
  readonly lists: Lists;
  readonly resultFiles: ResultFiles;
  readonly checkpoints: Checkpoints<RecountCheckpoint>;
  readonly queue: TaskQueue;
  readonly staleMessages: StaleMessages;
  readonly settlements: SettlementQueue;
  readonly capacity: Capacity;
  readonly timer: Timer;
  readonly checkSchedule: CheckSchedule;
  /** The role that EventBridge Scheduler invokes this function with. */
  readonly scheduleRoleArn: string;
  /** This function. */
  readonly shutdown: AsyncFunction;
  readonly events: EventBus;
  readonly deadLetters: DeadLetterQueue;
  /** Base of the API, with a slash at its end. */
  readonly apiUrl: string;
  readonly timings: Timings;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A run of this function. */
export interface ShutdownRun {
  /** Milliseconds that it may still take. */
  readonly left: () => number;
  /** ARN of this function. It cannot be a variable: a function's environment cannot name the function itself. */
  readonly functionArn: string;
}
