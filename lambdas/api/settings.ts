import type { InstanceKind } from "../../domain/cost/instance-kind.ts";
import { PRICES_AS_OF } from "../../domain/cost/prices.ts";
import { type AllowedDistributions, DISTRIBUTIONS_PARAMETER } from "../../domain/request/allowed-distributions.ts";
import { CAPS, type Caps } from "../../domain/request/caps.ts";
import { SOURCE_BUCKETS_PARAMETER, type SourceBuckets } from "../../domain/sources/source-buckets.ts";
import { timestamp } from "./timestamp.ts";

/** What is fixed when it is deployed. */
export interface Deployment {
  readonly envName: string;
  readonly region: string;
  /** Of the code. */
  readonly version: string;
  /** Types that the agents may run on. */
  readonly instanceTypes: readonly string[];
  /** Whether the API is reached through an endpoint of a VPC alone. */
  readonly isPrivate: boolean;
}

export interface SettingsDeps {
  readonly deployment: Deployment;
  readonly caps: Caps;
  readonly allowed: AllowedDistributions;
  readonly sourceBuckets: SourceBuckets;
  /** What an estimate takes an instance for. */
  readonly kind: InstanceKind;
  readonly now: () => Date;
}

/** Body of GET /settings: nothing in it is secret to whoever has the key. */
export function describeSettings(deps: SettingsDeps) {
  const { deployment, caps, allowed, kind } = deps;
  return {
    timestamp: timestamp(deps),
    env_name: deployment.envName,
    region: deployment.region,
    version: deployment.version,
    private: deployment.isPrivate,
    caps: capRows(caps),
    distributions: { parameter: DISTRIBUTIONS_PARAMETER, allowed: [...allowed] },
    source_buckets: { parameter: SOURCE_BUCKETS_PARAMETER, allowed: [...deps.sourceBuckets] },
    instances: {
      types: [...deployment.instanceTypes],
      /** What estimates are made with. */
      estimate: { type: kind.type, vcpus: kind.vcpus, spot_price_per_hour: kind.spotHour, prices_as_of: PRICES_AS_OF },
    },
  };
}

/** Each with the stack's parameter that sets it. */
function capRows(caps: Caps) {
  const values: ReadonlyMap<string, number> = new Map(Object.entries(caps));
  return Object.entries(CAPS).map(([parameter, { unit, says }]) => ({
    parameter,
    value: values.get(parameter) ?? null,
    unit,
    bounds: says,
  }));
}
