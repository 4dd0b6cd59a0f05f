import type { Failure, Pop, Progress } from "../../client/answers.ts";

/** Objects that failed at every POP that has tasks. */
export interface Everywhere {
  readonly objects: number;
  /** Those of them that were not kept. */
  readonly not_kept: number;
}

export const NOWHERE: Everywhere = { objects: 0, not_kept: 0 };

type Told = Pick<
  Progress,
  "failures" | "pops" | "url_count" | "readiness" | "retry_of" | "total_count" | "failed_count" | "download_count"
>;

/**
 * How many objects failed at every POP, as far as the counts of the API show it: a reason with as many tasks as its URLs times all POPs
 * has each of its URLs at each POP. That holds where a URL is one task a POP. Where it may be several, with variants, and where an object
 * fails for one reason here and another there, nothing is said.
 */
export function failedEverywhere(request: Told): Everywhere {
  const { failures = [], pops } = request;
  const having = pops.filter((it) => it.total_count > 0).length;
  if (having < 2 || !isOneTaskEach(request) || !agrees(request)) return NOWHERE;
  const all = failures.filter(({ pops, urls, tasks }) => pops === having && urls !== null && tasks === urls * having);
  const objects = (its: readonly Failure[]) => its.reduce((sum, { urls }) => sum + (urls ?? 0), 0);
  return { objects: objects(all), not_kept: objects(all.filter(({ code }) => code === "not_kept")) };
}

/** A POP's row without those objects. */
export function without(row: Pop, { objects, not_kept }: Everywhere): Pop {
  if (row.total_count === 0) return row;
  return {
    ...row,
    total_count: row.total_count - objects,
    download_count: row.download_count - objects,
    failed_count: row.failed_count - objects,
    not_kept_count: row.not_kept_count - not_kept,
  };
}

/** Whether each URL that could be read has one task at a POP: with variants it has more. Of a retry nobody can tell. */
function isOneTaskEach({ pops, url_count, readiness, retry_of }: Told): boolean {
  const most = pops.reduce((max, it) => Math.max(max, it.total_count), 0);
  return retry_of === undefined && readiness !== undefined && most === url_count - readiness.unreadable_urls;
}

/** The totals are counted anew at the end, the POPs' counts are not: what rests on both needs that they agree. */
export function agrees({ pops, total_count, failed_count, download_count }: Told): boolean {
  const sum = (of: (row: Pop) => number) => pops.reduce((all, row) => all + of(row), 0);
  return (
    sum((it) => it.total_count) === total_count &&
    sum((it) => it.failed_count) === failed_count &&
    sum((it) => it.download_count) === download_count
  );
}
