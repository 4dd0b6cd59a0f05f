import { grouped } from "../plan/grouped.ts";
import { recOf } from "../pops/site-of.ts";

/** POPs as they are served. */
export interface PopsByRec {
  readonly count: number;
  readonly recs: readonly { readonly rec: string; readonly pops: readonly string[] }[];
  /** Nobody knows theirs. */
  readonly unknown_rec: readonly string[];
}

export function popsByRec(pops: readonly string[]): PopsByRec {
  const known = pops.flatMap((pop) => {
    const rec = recOf(pop);
    return rec === undefined ? [] : [{ rec, pop }];
  });
  const byRec = grouped(known, ({ rec }) => rec);
  return {
    count: pops.length,
    recs: [...byRec].map(([rec, its]) => ({ rec, pops: its.map(({ pop }) => pop) })),
    unknown_rec: pops.filter((pop) => recOf(pop) === undefined),
  };
}
