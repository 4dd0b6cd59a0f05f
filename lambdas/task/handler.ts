import { keysOf, streamKeysSchema } from "../adapters/stream-event.ts";
import type { TaskDeps } from "./deps.ts";
import { fanOut } from "./fan-out.ts";
import { prepare } from "./prepare.ts";

/** Time that is kept back for what comes after a wait. */
const RESERVE_MS = 120_000;

/** Behind two streams: a request at CHECK_POP is prepared, a target that is READY is fanned out. */
export function createHandler(deps: TaskDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    for (const { req_id: reqId = "", target } of keysOf(streamKeysSchema.parse(event))) {
      if (target === undefined) await prepare(deps, reqId, hasTime);
      else await fanOut(deps, reqId, target);
    }
  };
}
