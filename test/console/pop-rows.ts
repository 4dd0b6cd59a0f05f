import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { times } from "../collect.ts";

/** How much of a POP is done, and what went wrong there. */
export interface PopDone {
  readonly pop: string;
  readonly done: number;
  readonly failed?: number;
  readonly notKept?: number;
}

/** Rows of `?detail=pops`, each with this many tasks. */
export function popRows(pops: readonly PopDone[], tasks: number) {
  return pops.map(({ pop, done, failed = 0, notKept = 0 }) => {
    const results = Math.floor(done * tasks);
    const bad = Math.min(results, failed + notKept);
    return {
      pop,
      rec: recOf(pop) ?? null,
      state: results === tasks ? "DONE" : results === 0 ? "WAITING" : "IN_PROGRESS",
      total_count: tasks,
      download_count: results,
      failed_count: bad,
      not_kept_count: Math.min(notKept, bad),
      warm_count: results - bad,
      hit_count: 0,
      download_size: (results - bad) * 25_000_000,
    };
  });
}

/** So many POPs that have a REC: of the catalogue, spread over all of it; beyond those, more at the same sites. */
export function somePops(count: number): string[] {
  const known = POP_CODES.map(({ pop }) => pop).filter((pop) => recOf(pop) !== undefined);
  const sites = [...new Set(known.map((pop) => pop.slice(0, 3)))];
  const more = sites.map((site) => `${site}99-P9`).slice(0, Math.max(0, count - known.length));
  const step = Math.max(1, known.length / count);
  const some = times(Math.min(count, known.length), (index) => known[Math.floor(index * step)] ?? "");
  return [...some, ...more];
}
