import type { Listed, Requests } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";

type Page = Pick<Requests, "requests" | "next">;

/** Older rows, with those that were on the first page when they came: they may be on none that is asked for again. */
export interface Older {
  readonly pages: number;
  readonly rows: readonly Listed[];
  /** Where the next page begins; undefined: behind the first page. */
  readonly next: string | null | undefined;
}
export const NO_OLDER: Older = { pages: 0, rows: [], next: undefined };

/** With one more page. @param rows all that are listed now: behind the first page, none of them may be lost */
export function withPage(older: Older, rows: readonly Listed[], page: Page): Older {
  const before = older.pages === 0 ? rows : older.rows;
  return { pages: older.pages + 1, rows: merged(before, page.requests), next: page.next };
}

/**
 * Whether the older rows are to be asked for again: one of them may have changed (those on the first page are known anew, and one that has
 * ended stays as it is), or more requests are new than the first page has.
 */
export function areOutdated({ pages, rows }: Older, newest: readonly Listed[]): boolean {
  const ids = new Set(newest.map(({ request_id }) => request_id));
  if (pages > 0 && !rows.some(({ request_id }) => ids.has(request_id))) return true;
  return rows.some(({ request_id, status }) => !isTerminal(status) && !ids.has(request_id));
}

/** Asks for so many pages behind the first one, and for as many as reach as far back as what is listed already. */
export async function olderOf(
  first: Page,
  pages: number,
  known: readonly Listed[],
  ask: (next: string) => Promise<Page>,
): Promise<Older> {
  let older: Older = { ...NO_OLDER, rows: first.requests, next: first.next };
  const oldest = known.at(-1)?.created_at ?? "";
  const isBehind = () => known.length > 0 && (older.rows.at(-1)?.created_at ?? "") > oldest;
  while (older.next != null && (older.pages < pages || isBehind()))
    older = withPage(older, older.rows, await ask(older.next));
  return older;
}

/** What was asked for last counts. */
export function merged(newest: readonly Listed[], older: readonly Listed[]): readonly Listed[] {
  const ids = new Set(newest.map(({ request_id }) => request_id));
  return [...newest, ...older.filter(({ request_id }) => !ids.has(request_id))];
}
