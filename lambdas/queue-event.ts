// For shutdown and expand, which are called by queues of one message a call.

import * as z from "zod";
import { againAfterSeconds } from "./again-after.ts";

/** A message as Lambda hands it over. */
const messageSchema = z.object({
  body: z.string(),
  receiptHandle: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().positive().catch(1) }),
});

/** What a queue calls a function with. */
export const queueEventSchema = z.object({ Records: z.array(messageSchema).min(1) });

/**
 * Does the work of each message. If one fails, it comes again soon, and not only when the queue's long visibility timeout
 * is over.
 * @param again has a message come again after so many seconds
 */
export async function forEachMessage(
  { Records }: z.infer<typeof queueEventSchema>,
  work: (message: unknown) => Promise<void>,
  again: (receipt: string, seconds: number) => Promise<void>,
): Promise<void> {
  for (const { body, receiptHandle, attributes } of Records) {
    try {
      await work(JSON.parse(body));
    } catch (error) {
      await again(receiptHandle, againAfterSeconds(attributes.ApproximateReceiveCount)).catch(() => undefined);
      throw error;
    }
  }
}
