import { forEachKey, streamKeysSchema } from "../stream-event.ts";
import { type FanOutDeps, fanOut } from "./fan-out.ts";
import { type PrepareDeps, prepare } from "./prepare.ts";

export type TaskDeps = PrepareDeps & FanOutDeps;

/** Time that is kept back for what comes after a wait. */
const RESERVE_MS = 120_000;

/** Behind two streams: a request at CHECK_POP is prepared, a target that is READY is fanned out. */
export function createHandler(deps: TaskDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    await forEachKey(streamKeysSchema.parse(event), ({ req_id: reqId = "", target }) =>
      target === undefined ? prepare(deps, reqId, hasTime) : fanOut(deps, reqId, target),
    );
  };
}
