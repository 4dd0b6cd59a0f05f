import type { Logger } from "@aws-lambda-powertools/logger";
import type { AsyncFunction } from "../../aws/async-function.ts";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { Fleet } from "../../aws/fleet.ts";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { SettlementQueue } from "../../aws/settlement-queue.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { OnUnreadable } from "../../domain/log-fields.ts";
import type { Observed, Timings } from "../../domain/request/lifecycle.ts";
import type { OnFailure } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

export interface WatchDeps {
  readonly requests: RequestTable;
  readonly requestPops: RequestPopTable;
  readonly progress: ProgressReader;
  readonly results: RequestTaskTable;
  readonly queue: TaskQueue;
  readonly settlements: SettlementQueue;
  readonly expandFunction: AsyncFunction;
  readonly fleet: Fleet;
  /** The messages of tasks that no agent finished. */
  readonly deadLetters: DeadLetterQueue;
  /** For what is no task. */
  readonly unreadableLetters: DeadLetterQueue;
  readonly onUnreadable: OnUnreadable;
  readonly timings: Timings;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
}

/** What one run has read. */
export interface WatchRun {
  readonly active: readonly RequestItem[];
  readonly observed: Observed;
  readonly onFailure: OnFailure;
}
