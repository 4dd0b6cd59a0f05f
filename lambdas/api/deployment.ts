import * as z from "zod";
import { keysOf } from "../../domain/collections.ts";
import { PRICES_AS_OF } from "../../domain/cost/prices.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { listPops } from "../../domain/pops/list-pops.ts";
import { isRegion } from "../../domain/pops/regions.ts";
import { knownNames } from "../../domain/pops/select.ts";
import { CAPS } from "../../domain/request/caps.ts";
import { DISTRIBUTIONS_PARAMETER } from "../../domain/request/distributions.ts";
import { SOURCE_BUCKETS_PARAMETER } from "../../domain/sources/buckets.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { checkBody } from "../../domain/validation/parse-body.ts";
import type { ApiDeps } from "./deps.ts";
import { parameter, type Query } from "./query.ts";

const popsQuerySchema = z.object({
  country: parameter(countryCode, (text) => `unknown ${text}; known: ${knownNames("country").join(", ")}`),
  region: parameter(
    (text) => [text.toLowerCase()].find(isRegion),
    (text) => `unknown ${text}; known: ${knownNames("region").join(", ")}`,
  ),
});

/** Body of GET /pops. @throws ApiError 400 for a filter that nothing is known by */
export async function describePops({ progress, now }: ApiDeps, query: Query) {
  const { country, region } = checkBody(popsQuerySchema, query ?? {});
  const pops = listPops({ country, region }, await progress.resolvedPops());
  return { timestamp: formatTimestamp(now()), count: pops.length, pops };
}

/** Body of GET /settings. It has nothing that must be secret from a holder of the API key. */
export function describeSettings(deps: ApiDeps) {
  const { deployment, instanceTypes, caps, allowed, sourceBuckets, kind, now } = deps;
  return {
    timestamp: formatTimestamp(now()),
    ...deployment,
    caps: keysOf(CAPS).map((parameter) => ({
      parameter,
      value: caps[parameter] ?? null,
      unit: CAPS[parameter].unit,
      bounds: CAPS[parameter].description,
    })),
    distributions: { parameter: DISTRIBUTIONS_PARAMETER, allowed: [...allowed] },
    source_buckets: { parameter: SOURCE_BUCKETS_PARAMETER, allowed: [...sourceBuckets] },
    instances: {
      types: [...instanceTypes],
      estimate: { type: kind.type, vcpus: kind.vcpus, spot_price_per_hour: kind.spotHour, prices_as_of: PRICES_AS_OF },
    },
  };
}
