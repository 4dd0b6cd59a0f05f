import pMap from "p-map";
import { type Answered, ask, type EdgePlace } from "./ask.ts";
import type { ProbedPop } from "./lookup.ts";

/** What came of one GET through a POP's first address. */
export interface Reached {
  readonly pop: string;
  readonly answered?: Answered;
  readonly error?: string;
}

const IN_PARALLEL = 16;

/**
 * One GET of one byte through each POP that resolved: it names the POP, costs next to nothing, and fills no cache with the
 * whole object.
 */
export function reachPops(url: URL, resolved: readonly ProbedPop[], place: EdgePlace): Promise<Reached[]> {
  const reach = async ({ pop, addresses: [address = ""] }: ProbedPop): Promise<Reached> => {
    try {
      return { pop, answered: await ask(url, address, "RANGE", place) };
    } catch (error) {
      return { pop, error: error instanceof Error ? error.message : String(error) };
    }
  };
  const reachable = resolved.filter(({ addresses }) => addresses.length > 0);
  return pMap(reachable, reach, { concurrency: IN_PARALLEL });
}

/** Whether the POP itself answered, and answered well. */
export function isNamed({ pop, answered }: Reached): boolean {
  return answered !== undefined && answered.pop === pop && answered.status < 400 && answered.wafAction === undefined;
}
