import * as z from "zod";
import { lookSchema, type StepQueue } from "../../aws/step-queue.ts";
import { againAfterSeconds } from "./again-after.ts";
import { endUnreadable, type LookDeps, lookAt } from "./look.ts";

export interface ShutdownDeps extends LookDeps {
  readonly steps: LookDeps["steps"] & Pick<StepQueue, "again">;
}

/** A message of the queue of steps, as Lambda hands it over. */
const messageSchema = z.object({
  body: z.string(),
  receiptHandle: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().positive().catch(1) }),
});
type StepMessage = z.infer<typeof messageSchema>;

/** The timer sends a look itself, the queue of steps messages that are one. */
const eventSchema = z.union([lookSchema, z.object({ Records: z.array(messageSchema).min(1) })]);

/** Called by the timer, and by the queue of steps when a request is to be looked at or has ended. */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown): Promise<void> => {
    const parsed = eventSchema.parse(event);
    if (!("req_id" in parsed)) for (const message of parsed.Records) await onMessage(deps, message);
    else if (!(await lookAt(deps, parsed.req_id))) await endUnreadable(deps, parsed.req_id);
  };
}

async function onMessage(deps: ShutdownDeps, { body, receiptHandle, attributes }: StepMessage): Promise<void> {
  try {
    await lookAt(deps, lookSchema.parse(JSON.parse(body)).req_id);
  } catch (error) {
    await deps.steps.again(receiptHandle, againAfterSeconds(attributes.ApproximateReceiveCount)).catch(() => undefined);
    throw error;
  }
}
