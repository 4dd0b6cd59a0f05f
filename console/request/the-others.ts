import type { Progress } from "../../client/answers.ts";
import { agrees, failedEverywhere, without } from "./everywhere.ts";

/** Where the objects are warm that do not fail everywhere. */
export interface Others {
  readonly objects: number;
  /** There are others, which fail at every POP or could not be read. */
  readonly areOthers: boolean;
  readonly pops: number;
  /** At so many of the POPs all of them are warm. */
  readonly warmPops: number;
  /** The one POP that lacks some, and how many. Undefined: there is none, or more than one. */
  readonly but: { readonly pop: string; readonly objects: number } | undefined;
}

/**
 * What the sentence of a request that ended with failures leaves open. Undefined: nothing, or nothing that the API's counts show: they
 * have to agree, each POP has to have the same objects, and each good one has to be warm, not a hit or downloaded alone.
 */
export function othersOf(request: Progress): Others | undefined {
  if (request.status !== "FINISHED" || request.failed_count === 0 || !agrees(request)) return undefined;
  const aside = failedEverywhere(request);
  const rows = request.pops.filter((it) => it.total_count > 0).map((row) => without(row, aside));
  const objects = rows[0]?.total_count ?? 0;
  const isPlain = rows.every((row) => row.total_count === objects && row.warm_count + row.failed_count === objects);
  const lacking = rows.filter((row) => row.failed_count > 0);
  if (objects === 0 || rows.length < 2 || !isPlain || lacking.length === rows.length) return undefined;
  const [only] = lacking;
  return {
    objects,
    areOthers: aside.objects + (request.readiness?.unreadable_urls ?? 0) > 0,
    pops: rows.length,
    warmPops: rows.length - lacking.length,
    but: lacking.length === 1 && only !== undefined ? { pop: only.pop, objects: only.failed_count } : undefined,
  };
}
