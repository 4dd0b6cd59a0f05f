import type { Logger } from "@aws-lambda-powertools/logger";
import type { Distributions } from "../../aws/distributions.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import type { ListStore } from "../../domain/plan/lists.ts";
import type { TaskSender } from "../../domain/plan/task-message.ts";
import type { Caps } from "../../domain/request/caps.ts";
import type { Capacity } from "../runtime.ts";

export interface TaskDeps {
  readonly requests: Pick<RequestTable, "get" | "isActive" | "advance" | "amend" | "end">;
  readonly requestPops: Pick<RequestPopTable, "put" | "of" | "markReady" | "markSent">;
  readonly resolvedPops: Pick<ResolvedPops, "all" | "note">;
  readonly lists: Pick<ListStore, "read">;
  readonly queue: TaskSender;
  readonly distributions: Pick<Distributions, "invalidate" | "isInvalidated">;
  readonly dns: Resolver;
  readonly capacity: Pick<Capacity, "ensure">;
  readonly caps: Pick<Caps, "maxTasks" | "maxRequestBytes">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}
