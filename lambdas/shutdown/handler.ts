import * as z from "zod";
import { lookSchema, type StepQueue } from "../../aws/step-queue.ts";
import { forEachMessage, queueEventSchema } from "../queue-event.ts";
import { endUnreadable, type LookDeps, lookAt } from "./look.ts";

export interface ShutdownDeps extends LookDeps {
  readonly steps: LookDeps["steps"] & Pick<StepQueue, "again">;
}

/** The timer sends a look itself, the queue of steps messages that are one. */
const eventSchema = z.union([lookSchema, queueEventSchema]);

/** Called by the timer, and by the queue of steps when a request is to be looked at or has ended. */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const parsed = eventSchema.parse(event);
    const left = () => context.getRemainingTimeInMillis();
    if ("req_id" in parsed) {
      if (!(await lookAt(deps, parsed.req_id, left))) await endUnreadable(deps, parsed.req_id);
    } else {
      const look = async (message: unknown) => void (await lookAt(deps, lookSchema.parse(message).req_id, left));
      await forEachMessage(parsed, look, (receipt, seconds) => deps.steps.again(receipt, seconds));
    }
  };
}
