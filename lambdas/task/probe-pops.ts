import pMap from "p-map";
import * as z from "zod";
import type { Dns } from "../../aws/dns.ts";
import { popDomain } from "../../domain/pops/select.ts";

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

export interface ProbeDeps {
  readonly dns: Pick<Dns, "addresses">;
}

const IN_PARALLEL = 32;

/** Every POP under the distribution's label, in the order given. Never rejects for a POP. */
export function probePops({ dns }: ProbeDeps, label: string, pops: readonly string[]): Promise<ProbedPop[]> {
  const probe = async (pop: string): Promise<ProbedPop> => {
    try {
      return { pop, addresses: (await dns.addresses(popDomain(label, pop))).sort() };
    } catch (error) {
      return { pop, addresses: [], error: error instanceof Error ? error.message : String(error) };
    }
  };
  return pMap(pops, probe, { concurrency: IN_PARALLEL });
}
