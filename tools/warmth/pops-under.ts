import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { recOf } from "../../domain/pops/sites.ts";
import type { EdgePop } from "../edge/edge-options.ts";

/**
 * POPs of the catalogue, so many under each of so many RECs, those with the most POPs first. The edge puts them under the
 * very RECs that the catalogue says.
 * @throws RangeError if the catalogue has fewer
 */
export function popsUnder(recs: number, each: number): EdgePop[] {
  const byRec = new Map<string, string[]>();
  for (const { pop } of POP_CODES) {
    const rec = recOf(pop);
    if (rec !== undefined) byRec.set(rec, [...(byRec.get(rec) ?? []), pop]);
  }
  const chosen = [...byRec].sort(([, a], [, b]) => b.length - a.length).slice(0, recs);
  if (chosen.length < recs || chosen.some(([, pops]) => pops.length < each))
    throw new RangeError(`The catalogue has not ${each} POPs under each of ${recs} RECs`);
  return chosen.flatMap(([rec, pops]) => pops.slice(0, each).map((pop) => ({ pop, rec })));
}
