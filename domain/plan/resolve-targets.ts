import pMap from "p-map";
import { AddressRefusedError } from "../net/addresses.ts";
import { DnsLookupError, type Resolver } from "../net/resolver.ts";
import { popDomain } from "../pops/select.ts";
import type { RequestItem } from "../request/request-item.ts";
import type { FailureReason } from "../result/failure.ts";
import { type PopName, type Target, targetKey } from "./target.ts";

/** A POP as the DNS has it. */
export interface ResolvedPop extends PopName {
  /** None where the look-up failed. */
  readonly ips: string[];
  /** Why, in words. */
  readonly error?: string;
  readonly reason?: FailureReason;
}

/**
 * Looks every POP up under every distribution's label: its addresses, or why it has none. Distribution tenants that share a label share
 * the targets.
 * @param signal ends it. @default nothing does
 * @throws the reason of the signal
 */
export async function resolveTargets(dns: Resolver, item: RequestItem, signal?: AbortSignal): Promise<Target[]> {
  const { req_id, expire_at, pops, distributions } = item;
  const labels = [...new Set(distributions.map(({ label }) => label))];
  const resolved = await resolvePops(
    dns,
    labels.flatMap((label) => pops.map((pop) => ({ pop, label }))),
    signal,
  );
  return resolved.map((found) => {
    const state = found.error === undefined ? "RESOLVED" : "FAILED";
    return { req_id, target: targetKey(found.pop, found.label), expire_at, state, ...found };
  });
}

const LOOKUPS_IN_PARALLEL = 32;

/** The addresses of POPs, in the order given. It never rejects because of a POP. */
export async function resolvePops(
  dns: Pick<Resolver, "addresses">,
  names: readonly PopName[],
  signal?: AbortSignal,
): Promise<ResolvedPop[]> {
  const options = { concurrency: LOOKUPS_IN_PARALLEL, ...(signal === undefined ? {} : { signal }) };
  return pMap(names, (name) => resolvePop(dns, name), options);
}

async function resolvePop(dns: Pick<Resolver, "addresses">, { pop, label }: PopName): Promise<ResolvedPop> {
  try {
    return { pop, label, ips: await dns.addresses(popDomain(label, pop)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { pop, label, ips: [], error: why, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof DnsLookupError) return error.reason;
  return error instanceof AddressRefusedError ? "refused_address" : "other";
}
