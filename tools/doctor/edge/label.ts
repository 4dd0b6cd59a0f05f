import type { Resolver } from "../../../domain/net/resolver.ts";
import type { OwnDistribution } from "../../../domain/request/distributions.ts";
import { findDistributions } from "../../../domain/request/find-distributions.ts";

export interface LabelDeps {
  readonly own: () => Promise<OwnDistribution[]>;
  readonly dns: Resolver;
}

/** First label of the distribution behind a host, found as Get Size finds it. Without permission to list them: by the DNS. */
export async function labelOf(host: string, { own, dns }: LabelDeps): Promise<string> {
  const mine = await own().catch(() => []);
  const {
    distributions: [found],
  } = await findDistributions(undefined, [host], {
    distributions: { own: async () => mine },
    dns,
  });
  if (found === undefined) throw new Error(`no distribution is known for ${host}`);
  return found.label;
}
