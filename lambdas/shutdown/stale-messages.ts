import * as z from "zod";
import type { TaskLane } from "../../aws/task-queue.ts";
import type { ReceivedMessage } from "../../domain/plan/ports.ts";
import { taskMessageSchema } from "../../domain/plan/task-message.ts";

/** Receive calls at once. */
const DROPPERS = 16;
const RECEIVE_SECONDS = 1;
const ownedSchema = z.object({ req_id: z.string() });

type Lane = Pick<TaskLane, "receive" | "delete" | "hold" | "send">;

/** How many messages were deleted, and whether one came whose request goes on. */
export interface Dropped {
  readonly dropped: number;
  readonly othersFound: boolean;
}

/** The messages of requests that have ended. */
export class StaleMessages {
  constructor(private readonly lanes: readonly Lane[]) {}

  /**
   * Deletes them one by one, until none comes, one comes whose request goes on, or `ms` are over. Not by PurgeQueue: that
   * works on for a minute, and takes the messages of a request that starts meanwhile.
   */
  async drop(hasEnded: (reqId: string) => Promise<boolean>, ms: number): Promise<Dropped> {
    const until = Date.now() + ms;
    let dropped = 0;
    for (const lane of this.lanes) {
      const of = await this.dropOf(lane, hasEnded, until);
      dropped += of.dropped;
      if (of.othersFound) return { dropped, othersFound: true };
    }
    return { dropped, othersFound: false };
  }

  private async dropOf(lane: Lane, hasEnded: (reqId: string) => Promise<boolean>, until: number): Promise<Dropped> {
    let dropped = 0;
    const others: ReceivedMessage[] = [];
    const dropSome = async () => {
      while (others.length === 0 && Date.now() < until) {
        const messages = await lane.receive(RECEIVE_SECONDS);
        if (messages.length === 0) return;
        const { stale, wanted } = await divide(messages, hasEnded);
        others.push(...wanted);
        // One that cannot be deleted becomes visible again later, and an agent drops it.
        await Promise.allSettled(stale.map(({ receipt }) => lane.delete(receipt)));
        dropped += stale.length;
      }
    };
    try {
      await Promise.all(Array.from({ length: DROPPERS }, dropSome));
    } finally {
      // Not before all receivers have ended: one of them would only get it again.
      await Promise.allSettled(others.map((message) => giveBack(lane, message)));
    }
    return { dropped, othersFound: others.length > 0 };
  }
}

/**
 * As a new message, because each delivery of the old one counts: while a request is paused, one that ends after the other would
 * take its messages in hand, until they go to the dead letters.
 */
async function giveBack(lane: Lane, { body, receipt }: ReceivedMessage): Promise<void> {
  const parsed = taskMessageSchema.safeParse(JSON.parse(body));
  // What is no task is for the agents, which move it to the dead-letter queue.
  if (!parsed.success) return lane.hold(receipt, 0);
  await lane.send([parsed.data]);
  await lane.delete(receipt);
}

async function divide(messages: readonly ReceivedMessage[], hasEnded: (reqId: string) => Promise<boolean>) {
  const stale: ReceivedMessage[] = [];
  const wanted: ReceivedMessage[] = [];
  for (const message of messages) {
    const reqId = ownerOf(message.body);
    // What cannot be read is left to the agents, once it is visible again: they move it to the dead-letter queue.
    if (reqId === undefined) continue;
    if (await hasEnded(reqId)) stale.push(message);
    else wanted.push(message);
  }
  return { stale, wanted };
}

function ownerOf(body: string): string | undefined {
  try {
    return ownedSchema.parse(JSON.parse(body)).req_id;
  } catch {
    return undefined;
  }
}
