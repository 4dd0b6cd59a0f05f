import type { IncomingHttpHeaders } from "node:http";
import { type OriginAnswer, originAnswer } from "./origin-answer.ts";
import type { OriginRequestSeen } from "./origin-log.ts";
import type { Site } from "./site.ts";
import { variantOf } from "./vary.ts";

/**
 * What the origin says of a path, with all that is wrong with the object there: to probes another size, to some GETs a
 * body that breaks off.
 *
 * @param fetched how many GETs of this path were answered before
 */
export function siteAnswer(
  site: Site,
  { path, range, probe }: Pick<OriginRequestSeen, "path" | "range" | "probe">,
  headers: IncomingHttpHeaders,
  fetched: number,
): OriginAnswer {
  const found = site.find(path);
  const told = probe && found?.probed ? { ...found, content: found.probed } : found;
  const answer = originAnswer(told && variantOf(told, headers), { range, ifNoneMatch: headers["if-none-match"] });
  const cut = probe ? undefined : found?.cut;
  return cut && fetched < (cut.times ?? Number.POSITIVE_INFINITY) ? { ...answer, cut } : answer;
}
