import { useMemo, useRef, useState } from "preact/hooks";
import type { Listed, Requests } from "../../client/answers.ts";
import { EVERY } from "../api/pace.ts";
import { type Live, useLive } from "../api/use-live.ts";
import { useClient } from "../session/client.ts";
import { areOutdated, merged, NO_OLDER, type Older, olderOf, withPage } from "./pages.ts";

const PAGE = 50;

/** How many older pages were asked for: who comes back finds them, as they are then. Another key has another list. */
let kept: { readonly client: unknown; readonly pages: number } = { client: undefined, pages: 0 };

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
  const setPages = (now: Older) => {
    wanted.current = now.pages;
    kept = { client, pages: now.pages };
    setOlder(now);
  };
  const live = useLive(
    "requests",
    async (signal) => {
      const ask = async (next?: string) => (await client.requests({ limit: PAGE, next }, signal)).value;
      const first = await ask();
      const pages = wanted.current;
      if (latest.current.pages < pages || areOutdated(latest.current, first.requests)) {
        const again = await olderOf(first, pages, latest.current.rows, ask);
        if (wanted.current === pages) setPages(again);
      }
      return first;
    },
    () => EVERY.list,
  );
  const [olderError, setOlderError] = useState<unknown>();
  /** The newest request that is shown; what came after it waits. */
  const [newest, setNewest] = useState<string>();
  const rows = useMemo(() => live.value && merged(live.value.requests, older.rows), [live.value, older]);
  const first = newest ?? rows?.[0]?.created_at;
  if (newest === undefined && first !== undefined) setNewest(first);
  const shown = rows?.filter(({ created_at }) => first === undefined || created_at <= first);
  const place = older.next === undefined ? (live.value?.next ?? null) : older.next;
  const showOlder = async () => {
    if (place === null) return;
    try {
      const { value: page } = await client.requests({ limit: PAGE, next: place });
      setPages(withPage(older, rows ?? [], page));
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
