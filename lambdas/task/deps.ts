import type { Logger } from "@aws-lambda-powertools/logger";
import type { Distributions } from "../../aws/distributions.ts";
import type { Lists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { Capacity } from "../runtime.ts";

export interface TaskDeps {
  readonly requests: RequestTable;
  readonly requestPops: RequestPopTable;
  readonly resolvedPops: ResolvedPops;
  readonly lists: Lists;
  readonly queue: TaskQueue;
  readonly distributions: Distributions;
  readonly dns: Resolver;
  readonly capacity: Capacity;
  readonly caps: Partial<Caps>;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}
