import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { Pops, Settings } from "../../domain/api/deployment-answers.ts";
import { type InstanceKind, PRICES_AS_OF } from "../../domain/cost/prices.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { listPops, type PopFilter } from "../../domain/pops/list-pops.ts";
import { isRegion } from "../../domain/pops/regions.ts";
import { knownNames, type TargetType } from "../../domain/pops/select.ts";
import { CAPS, type Caps } from "../../domain/request/caps.ts";
import { type AllowedDistributions, DISTRIBUTIONS_PARAMETER } from "../../domain/request/distributions.ts";
import { SOURCE_BUCKETS_PARAMETER, type SourceBuckets } from "../../domain/sources/buckets.ts";
import { abbreviate, faultList, RefusedError } from "../../domain/validation/refused-error.ts";
import { type Query, timestamp } from "./query.ts";

export interface PopsDeps {
  readonly resolvedPops: Pick<ResolvedPops, "all">;
  readonly now: () => Date;
}

/** Body of GET /pops. @throws RefusedError 400 for a filter that nothing is known by */
export async function describePops(deps: PopsDeps, query: Query): Promise<Pops> {
  const filter = filterOf(query);
  const pops = listPops(filter, await deps.resolvedPops.all());
  return { timestamp: timestamp(deps), count: pops.length, pops };
}

/** An empty value filters nothing, as in POST /prewarm an empty list does. */
function filterOf(query: Query): PopFilter {
  const asked = { country: query?.["country"]?.trim() ?? "", region: query?.["region"]?.trim().toLowerCase() ?? "" };
  const country = asked.country === "" ? undefined : countryCode(asked.country);
  const region = isRegion(asked.region) ? asked.region : undefined;
  const problems: string[] = [];
  if (asked.country !== "" && country === undefined) problems.push(unknown("country", asked.country));
  if (asked.region !== "" && region === undefined) problems.push(unknown("region", asked.region));
  if (problems.length > 0) throw new RefusedError(400, faultList(problems));
  return { country, region };
}

function unknown(filter: Exclude<TargetType, "pop">, value: string): string {
  return `${filter}: unknown '${abbreviate(value)}'; known: ${knownNames(filter).join(", ")}`;
}

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
export function describeSettings(deps: SettingsDeps): Settings {
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
