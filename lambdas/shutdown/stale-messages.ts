import type { Message } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { TaskLane } from "../../aws/task-lane.ts";

/** Receive calls at once. */
const DROPPERS = 16;
const RECEIVE_SECONDS = 1;
const ownedSchema = z.object({ req_id: z.string() });

type Lane = Pick<TaskLane, "receive" | "delete" | "hold">;

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
    let othersFound = false;
    const dropSome = async () => {
      while (!othersFound && Date.now() < until) {
        const messages = await lane.receive(RECEIVE_SECONDS);
        if (messages.length === 0) return;
        const { stale, wanted } = await divide(messages, hasEnded);
        if (wanted.length > 0) othersFound = true;
        await this.letGo(lane, stale, wanted);
        dropped += stale.length;
      }
    };
    await Promise.all(Array.from({ length: DROPPERS }, dropSome));
    return { dropped, othersFound };
  }

  /** A message that cannot be deleted or given back becomes visible again later, and an agent looks at it. */
  private async letGo(lane: Lane, stale: readonly Message[], wanted: readonly Message[]): Promise<void> {
    await Promise.allSettled([
      ...stale.map(({ ReceiptHandle = "" }) => lane.delete(ReceiptHandle)),
      ...wanted.map(({ ReceiptHandle = "" }) => lane.hold(ReceiptHandle, 0)),
    ]);
  }
}

async function divide(messages: readonly Message[], hasEnded: (reqId: string) => Promise<boolean>) {
  const stale: Message[] = [];
  const wanted: Message[] = [];
  for (const message of messages) {
    const reqId = ownerOf(message.Body ?? "");
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
