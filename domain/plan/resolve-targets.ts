import { AddressRefusedError } from "../net/addresses.ts";
import { DnsLookupError, type Resolver } from "../net/resolver.ts";
import { popDomain } from "../pops/select.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { FailureReason } from "../result/failure.ts";
import { type Target, targetKey } from "./target.ts";

const LOOKUPS_IN_PARALLEL = 32;

/** Looks every POP up under every distribution's label: its addresses, or why it has none. */
export async function resolveTargets(
  dns: Resolver,
  { req_id, expire_at, pops, distributions }: Pick<RequestItem, "req_id" | "expire_at" | "pops" | "distributions">,
): Promise<Target[]> {
  const targets = distributions.flatMap(({ label }) =>
    pops.map((pop) => ({ req_id, target: targetKey(pop, label), pop, label, expire_at })),
  );
  const resolved: Target[] = [];
  const waiting = targets.entries();
  const resolveSome = async () => {
    for (const [i, target] of waiting) resolved[i] = { ...target, ...(await lookUp(dns, target.pop, target.label)) };
  };
  await Promise.all(Array.from({ length: LOOKUPS_IN_PARALLEL }, resolveSome));
  return resolved;
}

async function lookUp(
  dns: Resolver,
  pop: string,
  label: string,
): Promise<Pick<Target, "state" | "ips" | "error" | "reason">> {
  const name = popDomain(label, pop);
  try {
    const ips = await dns.addresses(name);
    if (ips.length > 0) return { state: "RESOLVED", ips };
    return { state: "FAILED", ips, error: `${name} has no address`, reason: "name_not_found" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { state: "FAILED", ips: [], error: why, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof DnsLookupError) return error.reason;
  return error instanceof AddressRefusedError ? "refused_address" : "other";
}
