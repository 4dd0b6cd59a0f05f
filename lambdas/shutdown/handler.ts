import * as z from "zod";
import type { RequestItem } from "../../domain/request/request-item.ts";
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
    if ("req_id" in parsed) return onTimer(deps, parsed.req_id);
    await forEachKey(parsed, ({ req_id: reqId = "" }) => onChange(deps, reqId));
  };
}

async function onTimer(deps: ShutdownDeps, reqId: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  // Deleted by hand, or not to be read: nothing can be counted, but the fleet must not outlive it.
  if (item === undefined) {
    await deps.requests.end(reqId, "TIMEOUT", { reason: "The request's item could not be read" });
    await deps.capacity.follow();
  } else if (isTerminal(item.status)) await closeIfOpen(deps, item);
  else await settle(deps, item, timeIsUp(item));
}

async function onChange(deps: ShutdownDeps, reqId: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item === undefined) return;
  if (isTerminal(item.status)) await closeIfOpen(deps, item);
  else if (item.active !== undefined && item.settle !== undefined) await settle(deps, item, timeIsUp(item));
}

async function closeIfOpen(deps: ShutdownDeps, item: RequestItem): Promise<void> {
  if (!item.closed) await windDown(deps, item);
}

function timeIsUp({ timeout_at }: RequestItem): boolean {
  return Date.now() >= parseTimestamp(timeout_at).getTime();
}
