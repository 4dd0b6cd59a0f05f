import { grouped } from "../domain/collections.ts";
import { byPopCount } from "../domain/pops/recs.ts";
import type { Pop } from "./answers.ts";

/** The POPs of one regional edge cache; `rec` is null for those whose cache is not known. */
export interface RecPops {
  readonly rec: string | null;
  readonly pops: readonly Pop[];
}

/** By REC, in an order that does not change while the request runs: nothing moves under the reader's eyes. */
export function byRec(pops: readonly Pop[]): RecPops[] {
  return [...grouped(pops, ({ rec }) => rec)]
    .map(([rec, its]) => ({ rec, pops: its }))
    .sort((a, b) => byPopCount({ rec: a.rec, pops: a.pops.length }, { rec: b.rec, pops: b.pops.length }));
}
