import * as z from "zod";
import { fanOut } from "../../domain/plan/fan-out.ts";
import { type ResolvedPop, resolvePops } from "../../domain/plan/resolve-targets.ts";
import { POP_CODE } from "../../domain/pops/pop-codes.ts";
import { forEachKey, RESERVE_MS } from "../runtime.ts";
import type { TaskDeps } from "./deps.ts";
import { prepare } from "./prepare.ts";

/**
 * Behind two streams: a request at CHECK_POP is prepared, a target that is READY is fanned out. The doctor invokes it too,
 * to resolve POPs with the resolvers of Task; then it does nothing else.
 */
export function createHandler(deps: TaskDeps) {
  return async (
    event: unknown,
    context: { getRemainingTimeInMillis(): number },
  ): Promise<ResolvedPop[] | undefined> => {
    const { data: asked } = probeSchema.safeParse(event);
    if (asked !== undefined) {
      const { label, pops } = asked.probe;
      return resolvePops(
        deps.dns,
        pops.map((pop) => ({ pop, label })),
      );
    }
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    await forEachKey(event, ({ req_id: reqId = "", target }) =>
      target === undefined ? prepare(deps, reqId, hasTime) : fanOut(deps, reqId, target),
    );
    return undefined;
  };
}

/** What `prewarm doctor` invokes Task with: look these up, and do nothing else. Only names below CloudFront's can be made of it. */
export const probeSchema = z.object({
  probe: z.object({
    label: z.string().regex(/^[a-z0-9-]+$/i),
    pops: z.array(z.string().toUpperCase().regex(POP_CODE)).max(1_000),
  }),
});
