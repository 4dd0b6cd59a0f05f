import pMap from "p-map";
import * as z from "zod";
import { fanOut } from "../../domain/plan/fan-out.ts";
import { popDomain } from "../../domain/pops/select.ts";
import { forEachKey, RESERVE_MS, streamKeysSchema } from "../runtime.ts";
import type { TaskDeps } from "./deps.ts";
import { prepare } from "./prepare.ts";

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

/** A POP's name in the DNS, as it is seen from where this runs. */
export interface ProbedPop {
  readonly pop: string;
  readonly addresses: readonly string[];
  /** Why there are none. */
  readonly error?: string | undefined;
}

/** What `npm run doctor` invokes Task with: look these up, and do nothing else. Only names below CloudFront's can be made of it. */
export const probeSchema = z.object({
  probe: z.object({
    label: z.string().regex(/^[a-z0-9-]+$/i),
    pops: z.array(z.string().regex(/^[a-z]{3}\d+-[cpe]\d+$/i)).max(1_000),
  }),
});

const IN_PARALLEL = 32;

/** Every POP under the distribution's label, in the order given. Never rejects for a POP. */
export function probePops(
  { dns }: Pick<TaskDeps, "dns">,
  label: string,
  pops: readonly string[],
): Promise<ProbedPop[]> {
  const probe = async (pop: string): Promise<ProbedPop> => {
    try {
      return { pop, addresses: (await dns.addresses(popDomain(label, pop))).sort() };
    } catch (error) {
      return { pop, addresses: [], error: error instanceof Error ? error.message : String(error) };
    }
  };
  return pMap(pops, probe, { concurrency: IN_PARALLEL });
}
