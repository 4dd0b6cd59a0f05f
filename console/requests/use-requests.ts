import { useMemo, useRef, useState } from "preact/hooks";
import type { Listed, Requests } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { EVERY } from "../api/pace.ts";
import { type Live, useLive } from "../api/use-live.ts";
import { useClient } from "../session/client.ts";

const PAGE = 50;

/** How many older pages were asked for: who comes back finds them, as they are then. Another key has another list. */
let kept: { readonly client: unknown; readonly pages: number } = { client: undefined, pages: 0 };

/** Older rows, with those that were on the first page when they came: they may be on none that is asked for again. */
interface Older {
  readonly pages: number;
  readonly rows: readonly Listed[];
  /** Where the next page begins; undefined: behind the first page. */
  readonly next: string | null | undefined;
}
const NO_OLDER: Older = { pages: 0, rows: [], next: undefined };

export interface RequestList extends Pick<Live<Requests>, "error" | "lostSince" | "again"> {
  /** Undefined until there is an answer. */
  readonly rows: readonly Listed[] | undefined;
  /** How many are newer than the first row: they wait until they are asked for, so that no row moves. */
  readonly waiting: number;
  readonly showNew: () => void;
  readonly more: boolean;
  readonly showOlder: () => void;
}

/** The newest requests, asked for every ten seconds, and older ones as far as they were asked for. */
export function useRequests(): RequestList {
  const client = useClient();
  const [older, setOlder] = useState(NO_OLDER);
  const latest = useRef(older);
  latest.current = older;
  const wanted = useRef(kept.client === client ? kept.pages : 0);
  const live = useLive(
    "requests",
    async (signal) => {
      const ask = async (next?: string) => (await client.requests({ limit: PAGE, next }, signal)).value;
      const first = await ask();
      const pages = wanted.current;
      if (latest.current.pages < pages || areOutdated(latest.current.rows, first.requests)) {
        const again = await olderOf(first, pages, ask);
        if (wanted.current === pages) setOlder(again);
      }
      return first;
    },
    () => EVERY.list,
  );
  const [olderError, setOlderError] = useState<unknown>();
  /** The newest request that is shown; what came after it waits. */
  const [newest, setNewest] = useState<string>();
  const rows = useMemo(() => merged(live.value?.requests, older.rows), [live.value, older]);
  const first = newest ?? rows?.[0]?.created_at;
  if (newest === undefined && first !== undefined) setNewest(first);
  const shown = rows?.filter(({ created_at }) => first === undefined || created_at <= first);
  const place = older.next === undefined ? (live.value?.next ?? null) : older.next;
  const showOlder = async () => {
    if (place === null) return;
    try {
      const { value: page } = await client.requests({ limit: PAGE, next: place });
      const pages = older.pages + 1;
      wanted.current = pages;
      kept = { client, pages };
      setOlder({ pages, rows: merged(pages === 1 ? rows : older.rows, page.requests) ?? [], next: page.next });
      setOlderError(undefined);
    } catch (error) {
      setOlderError(error);
    }
  };
  return {
    rows: shown,
    waiting: (rows?.length ?? 0) - (shown?.length ?? 0),
    more: place !== null,
    showOlder,
    error: live.error ?? olderError,
    lostSince: live.lostSince,
    again: live.again,
    showNew: () => setNewest(rows?.[0]?.created_at),
  };
}

/** Whether any of them may have changed since: those on the first page are known anew, and one that has ended stays as it is. */
function areOutdated(older: readonly Listed[], newest: readonly Listed[]): boolean {
  const ids = new Set(newest.map(({ request_id }) => request_id));
  return older.some(({ request_id, status }) => !isTerminal(status) && !ids.has(request_id));
}

/** So many pages behind the first one, or as many as there are. */
async function olderOf(first: Requests, pages: number, ask: (next: string) => Promise<Requests>): Promise<Older> {
  let rows: readonly Listed[] = first.requests;
  let { next } = first;
  for (let page = 0; page < pages && next !== null; page++) {
    const older = await ask(next);
    rows = merged(rows, older.requests) ?? rows;
    next = older.next;
  }
  return { pages, rows, next };
}

/** What was asked for last counts. */
function merged(newest: readonly Listed[] | undefined, older: readonly Listed[]): readonly Listed[] | undefined {
  if (newest === undefined) return undefined;
  const ids = new Set(newest.map(({ request_id }) => request_id));
  return [...newest, ...older.filter(({ request_id }) => !ids.has(request_id))];
}
