import { RESERVE_MS } from "../reserve.ts";
import { forEachKey, streamKeysSchema } from "../stream-event.ts";
import { type FanOutDeps, fanOut } from "./fan-out.ts";
import { type PrepareDeps, prepare } from "./prepare.ts";
import { type ProbedPop, probePops, probeSchema } from "./probe-pops.ts";

export type TaskDeps = PrepareDeps & FanOutDeps;

/**
 * Behind two streams: a request at CHECK_POP is prepared, a target that is READY is fanned out. The doctor invokes it too,
 * to see what the DNS says where Task runs; then it only looks up.
 */
export function createHandler(deps: TaskDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<ProbedPop[] | undefined> => {
    const { data: asked } = probeSchema.safeParse(event);
    if (asked !== undefined) return probePops(deps, asked.probe.label, asked.probe.pops);
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    await forEachKey(streamKeysSchema.parse(event), ({ req_id: reqId = "", target }) =>
      target === undefined ? prepare(deps, reqId, hasTime) : fanOut(deps, reqId, target),
    );
    return undefined;
  };
}
