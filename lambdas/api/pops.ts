import type { ResolvedPops } from "../../aws/resolved-pops.ts";
import type { Pops } from "../../domain/api/pops-answer.ts";
import { countryCode } from "../../domain/pops/countries.ts";
import { listPops, type PopFilter } from "../../domain/pops/list-pops.ts";
import { isRegion } from "../../domain/pops/regions.ts";
import { knownNames, type TargetType } from "../../domain/pops/select.ts";
import { abbreviate } from "./abbreviate.ts";
import { faultList } from "./fault-list.ts";
import type { Query } from "./query.ts";
import { RefusedError } from "./refused-error.ts";
import { timestamp } from "./timestamp.ts";

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
