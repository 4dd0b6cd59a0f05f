import type { Logger } from "pino";
import type { TaskLane } from "../../aws/task-queue.ts";
import { pause } from "../admit/adaptive-limit.ts";
import type { Slots } from "../admit/concurrency-limiter.ts";
import type { Intake } from "./prefetcher.ts";

const LOOK_MS = 1_000;
/** What has waited here for so long goes back, if the others have nothing. Longer than it takes to begin what was just taken. */
const WAITED_MS = 3_000;

export interface HandBackDeps {
  readonly intake: Pick<Intake, "backlog" | "emptyAt" | "rest">;
  readonly lane: Pick<TaskLane, "depth">;
  readonly slots: readonly Pick<Slots, "withdraw">[];
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Hands back what has not begun, once the queue is empty: others may be idle, while what is here waits for its turn. Until
 * it is aborted.
 */
export async function handBackForOthers(deps: HandBackDeps, signal: AbortSignal): Promise<void> {
  while (await pause(LOOK_MS, signal)) {
    try {
      await handBack(deps);
    } catch (error) {
      deps.logger.warn({ err: error }, "nobody can say whether the queue is empty");
    }
  }
}

/** Looks once. */
export async function handBack({ intake, lane, slots, logger }: HandBackDeps): Promise<void> {
  const { backlog, emptyAt } = intake;
  if (backlog.idleSince(performance.now() - WAITED_MS).length === 0) return;
  // What is delayed is nobody's yet: it keeps nobody busy.
  const isEmpty = performance.now() - emptyAt < WAITED_MS || (await lane.depth()).available === 0;
  if (!isEmpty) return;
  const idle = backlog.idleSince(performance.now() - WAITED_MS);
  // What is small would be taken again at once: there is room for it now. What is large waits here for a slot, as before.
  if (idle.some(({ large }) => !large)) intake.rest(WAITED_MS);
  for (const parcel of idle) for (const line of slots) line.withdraw(parcel);
  if (idle.length > 0) logger.info({ messages: idle.length }, "others may be idle, what has not begun goes back");
}
