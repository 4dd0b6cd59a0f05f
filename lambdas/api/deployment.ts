import * as z from "zod";
import { keysOf } from "../../domain/collections.ts";
import { PRICES_AS_OF } from "../../domain/cost/prices.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import {
  DISCOVERED_KEY,
  type LivePops,
  livePops,
  MAX_DISCOVERED_BYTES,
  NO_LIVE_POPS,
  readDiscovered,
  sourceOf,
} from "../../domain/pops/discovered-pops.ts";
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
export async function describePops(deps: ApiDeps, query: Query) {
  const { country, region } = checkBody(popsQuerySchema, query ?? {});
  const [resolvedAt, discovered] = await Promise.all([deps.progress.resolvedPops(), discoveredPops(deps)]);
  const now = deps.now();
  const live = livePops(discovered, resolvedAt, now);
  const pops = listPops({ country, region }, resolvedAt, live);
  return {
    timestamp: formatTimestamp(now),
    count: pops.length,
    source: sourceOf(live),
    discovered_at: live.discoveredAt,
    warnings: live.note === undefined ? undefined : [live.note],
    pops,
  };
}

/** Whether a body selects POPs by place, or the default set. A body that names POPs, or retries a request, needs no facts about others. */
export function selectsByPlace(body: unknown): boolean {
  const { success, data } = z.object({ pops: z.unknown(), retry_of: z.unknown() }).partial().safeParse(body);
  const names = data?.pops;
  return success && data.retry_of === undefined && !(Array.isArray(names) && names.length > 0);
}

/** Facts on which POPs exist now. Without them, a request has the sets of the catalogue: a failure is logged. */
export async function readLivePops(deps: ApiDeps): Promise<LivePops> {
  try {
    const [resolvedAt, discovered] = await Promise.all([deps.progress.resolvedPops(), discoveredPops(deps)]);
    return livePops(discovered, resolvedAt, deps.now());
  } catch (error) {
    deps.logger.warn("Reading resolved POPs failed", { error: errorFields(error) });
    return NO_LIVE_POPS;
  }
}

/** The list that `prewarm pops --discover --save` put into the bucket. */
async function discoveredPops({ lists, logger, now }: ApiDeps): Promise<ReturnType<typeof readDiscovered>> {
  try {
    return readDiscovered(await lists.text(DISCOVERED_KEY, MAX_DISCOVERED_BYTES), now());
  } catch (error) {
    logger.warn("Reading the list of discovered POPs failed", { key: DISCOVERED_KEY, error: errorFields(error) });
    return {
      note: "The list of discovered POPs cannot be read and is not used. The log of the API function has the reason.",
    };
  }
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
