import { useMemo, useState } from "preact/hooks";
import type { Listed, Requests } from "../../client/answers.ts";
import { EVERY } from "../api/pace.ts";
import { type Live, useLive } from "../api/use-live.ts";
import { useClient } from "../session/client.ts";

const PAGE = 50;

/** Older pages that were asked for, and where the next one begins: who comes back finds them. Another key has another list. */
let kept: {
  readonly client: unknown;
  readonly older: readonly Listed[];
  readonly next: string | null | undefined;
} = { client: undefined, older: [], next: undefined };

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
  const live = useLive(
    "requests",
    async (signal) => (await client.requests({ limit: PAGE }, signal)).value,
    () => EVERY.list,
  );
  const [{ older, next }, setKept] = useState(() => (kept.client === client ? kept : { older: [], next: undefined }));
  const [olderError, setOlderError] = useState<unknown>();
  /** The newest request that is shown; what came after it waits. */
  const [newest, setNewest] = useState<string>();
  const rows = useMemo(() => merged(live.value?.requests, older), [live.value, older]);
  const first = newest ?? rows?.[0]?.created_at;
  if (newest === undefined && first !== undefined) setNewest(first);
  const shown = rows?.filter(({ created_at }) => first === undefined || created_at <= first);
  const place = next === undefined ? (live.value?.next ?? null) : next;
  const showOlder = async () => {
    if (place === null) return;
    try {
      const { value: page } = await client.requests({ limit: PAGE, next: place });
      // What stands on the first page may be on none when it is asked for again.
      kept = { client, older: merged(older.length === 0 ? rows : older, page.requests) ?? [], next: page.next };
      setKept(kept);
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

/** What was asked for last counts. */
function merged(newest: readonly Listed[] | undefined, older: readonly Listed[]): readonly Listed[] | undefined {
  if (newest === undefined) return undefined;
  const ids = new Set(newest.map(({ request_id }) => request_id));
  return [...newest, ...older.filter(({ request_id }) => !ids.has(request_id))];
}
