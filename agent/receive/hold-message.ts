import type { Logger } from "pino";
import type { TaskLane } from "../../aws/task-queue.ts";
import type { Cancellation } from "../fetch/http/cancellation.ts";
import { type ActiveRequests, isWanted } from "./active-requests.ts";

export interface HoldDeps {
  readonly queue: Pick<TaskLane, "hold">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  readonly visibilitySeconds: number;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Keeps a message from other agents while it is worked on: extends its visibility before that is over. Each time it asks
 * whether the request goes on, and cancels the downloads if not.
 * @returns a function that ends this
 */
export function holdMessage(deps: HoldDeps, receipt: string, reqId: string, cancellation: Cancellation): () => void {
  const { queue, requests, visibilitySeconds, logger } = deps;
  // Three times within the visibility: one extension may be lost.
  const everyMs = (visibilitySeconds * 1_000) / 3;
  const timer = setInterval(() => {
    void isWanted(requests, reqId).then((wanted) => wanted || cancellation.cancel());
    queue.hold(receipt, visibilitySeconds).catch((error: unknown) => {
      logger.warn({ err: error, req_id: reqId }, "a message could not be held longer");
    });
  }, everyMs);
  return () => clearInterval(timer);
}
