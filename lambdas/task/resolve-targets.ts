import pMap from "p-map";
import { type Dns, DnsLookupError } from "../../aws/dns.ts";
import { AddressRefusedError } from "../../domain/net/addresses.ts";
import { type Target, targetKey } from "../../domain/plan/target.ts";
import { popDomain } from "../../domain/pops/select.ts";
import type { Distribution } from "../../domain/request/distribution.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { FailureReason } from "../../domain/result/failure.ts";

const IN_PARALLEL = 32;

export interface ResolveTargetsDeps {
  readonly dns: Pick<Dns, "addresses">;
}

/** Looks every POP up under every distribution's label: its addresses, or why it has none. */
export async function resolveTargets(
  deps: ResolveTargetsDeps,
  item: RequestItem,
  distributions: readonly Distribution[],
): Promise<Target[]> {
  const pairs = distributions.flatMap(({ label }) => item.pops.map((pop) => ({ pop, label })));
  return pMap(pairs, ({ pop, label }) => resolve(deps, item, pop, label), { concurrency: IN_PARALLEL });
}

async function resolve(deps: ResolveTargetsDeps, item: RequestItem, pop: string, label: string): Promise<Target> {
  const base = { req_id: item.req_id, target: targetKey(pop, label), pop, label, expire_at: item.expire_at };
  const name = popDomain(label, pop);
  try {
    const ips = await deps.dns.addresses(name);
    if (ips.length === 0)
      return { ...base, state: "FAILED", ips, error: `${name} has no address`, reason: "name_not_found" };
    return { ...base, state: "RESOLVED", ips };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...base, state: "FAILED", ips: [], error: why, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof DnsLookupError) return error.reason;
  return error instanceof AddressRefusedError ? "refused_address" : "other";
}
