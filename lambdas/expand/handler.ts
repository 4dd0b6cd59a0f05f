import { type ExpandQueue, expandSchema } from "../../aws/expand-queue.ts";
import { forEachMessage, queueEventSchema } from "../queue-event.ts";
import { type ExpandDeps, expand } from "./expand.ts";

export interface ExpandHandlerDeps extends ExpandDeps {
  readonly queue: ExpandDeps["queue"] & Pick<ExpandQueue, "again">;
}

/** Called by its queue, a request a call. */
export function createHandler(deps: ExpandHandlerDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const left = () => context.getRemainingTimeInMillis();
    const work = (message: unknown) => expand(deps, expandSchema.parse(message).req_id, left);
    const again = (receipt: string, seconds: number) => deps.queue.again(receipt, seconds);
    await forEachMessage(queueEventSchema.parse(event), work, again);
  };
}
