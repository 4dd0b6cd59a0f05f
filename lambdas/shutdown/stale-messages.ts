import * as z from "zod";
import type { ReceivedMessage, TaskQueue } from "../../domain/plan/ports.ts";
import { parseTaskMessage } from "../../domain/plan/task-message.ts";

/** Receive calls at once. */
const RECEIVERS = 16;
const RECEIVE_SECONDS = 1;
const ownedSchema = z.object({ req_id: z.string() });

export type HasEnded = (reqId: string) => Promise<boolean>;

/**
 * Deletes the messages of requests that have ended one by one, until none comes, one comes whose request goes on, or `ms` are over. Not by
 * PurgeQueue: that works on for a minute, and takes the messages of a request that starts meanwhile.
 * @returns how many were deleted, and whether one came whose request goes on
 */
export async function dropStaleMessages(queues: readonly TaskQueue[], hasEnded: HasEnded, ms: number) {
  const until = Date.now() + ms;
  let dropped = 0;
  const others: ReceivedMessage[] = [];
  for (const queue of queues) {
    const sort = async (message: ReceivedMessage) => {
      const reqId = requestOf(message);
      // It names no request and becomes visible again later: agents, or SQS after the last delivery, move it to the dead-letter queue.
      if (reqId === undefined) return;
      if (!(await hasEnded(reqId))) return void others.push(message);
      dropped++;
      // One that cannot be deleted becomes visible again later, and an agent drops it.
      await queue.delete(message.receipt).catch(() => undefined);
    };
    const receive = async () => {
      while (others.length === 0 && Date.now() < until) {
        const messages = await queue.receive(RECEIVE_SECONDS);
        if (messages.length === 0) return;
        await Promise.all(messages.map(sort));
      }
    };
    try {
      await Promise.all(Array.from({ length: RECEIVERS }, receive));
    } finally {
      // Not before all receivers have ended: one of them would only get it again.
      await Promise.allSettled(others.map((message) => returnToQueue(queue, message)));
    }
    if (others.length > 0) break;
  }
  return { dropped, othersFound: others.length > 0 };
}

/**
 * Sends it as a new message and deletes the old one, because SQS counts each delivery: while a request is paused, each other request that
 * ends receives its messages once more, and SQS would move them to the dead-letter queue.
 */
async function returnToQueue(queue: TaskQueue, { body, receipt }: ReceivedMessage): Promise<void> {
  const parsed = parseTaskMessage(body);
  // Agents move what is not a task to the dead-letter queue.
  if ("reason" in parsed) return queue.setVisibilityTimeout(receipt, 0);
  await queue.send([parsed.content]);
  await queue.delete(receipt);
}

/** The request that a message names, even one that is not a task: those of an ended request may be many after a rollback. */
function requestOf({ body }: ReceivedMessage): string | undefined {
  try {
    return ownedSchema.parse(JSON.parse(body)).req_id;
  } catch {
    return undefined;
  }
}
