import * as z from "zod";
import { isTerminal } from "../../domain/request/status.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import { forEachKey, streamKeysSchema } from "../stream-event.ts";
import { type SettleDeps, settle } from "./settle.ts";
import { type WindDownDeps, windDown } from "./wind-down.ts";

export type ShutdownDeps = SettleDeps & WindDownDeps;

/** What the timer sends. */
const timerSchema = z.object({ req_id: z.string() });
const eventSchema = z.union([timerSchema, streamKeysSchema]);

/** Called by the timer, and by the stream when a request is to be recounted or has ended. */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown): Promise<void> => {
    const parsed = eventSchema.parse(event);
    if ("req_id" in parsed) return timeOut(deps, parsed.req_id);
    await forEachKey(parsed, ({ req_id: reqId = "" }) => followStatus(deps, reqId));
  };
}

async function timeOut(deps: ShutdownDeps, reqId: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item === undefined) {
    // Deleted by hand: nothing is left to count, but the fleet must not outlive it.
    await deps.capacity.follow();
    return;
  }
  if (isTerminal(item.status)) return followStatus(deps, reqId);
  await settle(deps, item, Date.now() >= parseTimestamp(item.timeout_at).getTime());
}

async function followStatus(deps: ShutdownDeps, reqId: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item === undefined) return;
  if (item.active !== undefined && item.settle !== undefined) {
    await settle(deps, item, Date.now() >= parseTimestamp(item.timeout_at).getTime());
  } else if (isTerminal(item.status) && !item.closed) await windDown(deps, item);
}
