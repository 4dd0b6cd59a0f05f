import type { ReceivedMessage, TaskQueue } from "../../domain/plan/ports.ts";
import { parseTaskMessage, type TaskMessage } from "../../domain/plan/task-message.ts";

/** Receive calls at once. */
const RECEIVERS = 16;
const RECEIVE_SECONDS = 1;

export type HasEnded = (reqId: string) => Promise<boolean>;

/**
 * Deletes the messages of requests that have ended one by one, until none comes, one comes whose request goes on, or `ms` are over. Not by
 * PurgeQueue: that works on for a minute, and takes the messages of a request that starts meanwhile.
 * @returns how many were deleted, and whether one came whose request goes on
 */
export async function dropStaleMessages(queues: readonly TaskQueue[], hasEnded: HasEnded, ms: number) {
  const until = Date.now() + ms;
  let dropped = 0;
  const others: { readonly receipt: string; readonly content: TaskMessage }[] = [];
  for (const queue of queues) {
    const sort = async ({ body, receipt }: ReceivedMessage) => {
      const parsed = parseTaskMessage(body);
      // What cannot be read becomes visible again: agents, or SQS after the last delivery, move it to the dead-letter queue.
      if ("reason" in parsed) return;
      if (!(await hasEnded(parsed.content.req_id))) return void others.push({ receipt, content: parsed.content });
      dropped++;
      // One that cannot be deleted becomes visible again later, and an agent drops it.
      await queue.delete(receipt).catch(() => undefined);
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
      // Not before all receivers have ended: one of them would only get it again. Each is sent as a new message and the old one is deleted,
      // because SQS counts each delivery: while a request is paused, each other request that ends receives its messages once more, and SQS
      // would move them to the dead-letter queue.
      await Promise.allSettled(
        others.map(async ({ receipt, content }) => {
          await queue.send([content]);
          await queue.delete(receipt);
        }),
      );
    }
    if (others.length > 0) break;
  }
  return { dropped, othersFound: others.length > 0 };
}
