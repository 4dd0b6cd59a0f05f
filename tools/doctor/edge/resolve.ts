import pMap from "p-map";
import { popDomain } from "../../../domain/pops/select.ts";

/** A POP's name in the DNS. */
export interface Resolved {
  readonly pop: string;
  readonly addresses: readonly string[];
  /** Why there are none. */
  readonly error?: string;
}

/** Looks names up, somewhere. */
export interface Lookup {
  /** Said with every result. */
  readonly from: string;
  readonly addresses: (name: string) => Promise<string[]>;
}

const IN_PARALLEL = 32;

/** Every POP under the distribution's label, in the order given. Never rejects for a POP. */
export function resolvePops(lookup: Lookup, label: string, pops: readonly string[]): Promise<Resolved[]> {
  const resolve = async (pop: string): Promise<Resolved> => {
    try {
      return { pop, addresses: (await lookup.addresses(popDomain(label, pop))).sort() };
    } catch (error) {
      return { pop, addresses: [], error: error instanceof Error ? error.message : String(error) };
    }
  };
  return pMap(pops, resolve, { concurrency: IN_PARALLEL });
}
