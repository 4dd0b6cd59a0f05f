import type { Progress, Summary } from "../../client/answers.ts";
import { RefusedError } from "../../client/api-client.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { EVERY } from "../api/pace.ts";
import { type Live, useLive } from "../api/use-live.ts";
import { useClient } from "../session/client.ts";

/** The verdict follows the end by seconds; of one that ended an hour ago none comes any more. */
const COUNTED_MS = 3_600_000;
/** Links are good for ten minutes. */
const LINKS_MS = 8 * 60_000;

/** A request with its POPs and failures: asked for every two seconds until nothing changes any more. */
export function useRequest(id: string): Live<Progress> {
  const client = useClient();
  return useLive(
    `request ${id}`,
    async (signal) => (await client.progress(id, { detail: "pops,failures", signal })).value,
    (request) => (isSettled(request) ? undefined : EVERY.request),
  );
}

function isSettled({ status, verdict, timestamp, last_update_time }: Progress): boolean {
  if (!isTerminal(status)) return false;
  const since = parseTimestamp(timestamp) - parseTimestamp(last_update_time);
  return verdict !== undefined || since > COUNTED_MS;
}

/** What came of a request that has ended, with links that are always good. Undefined while its report is being written. */
export function useSummary(id: string): Live<Summary | undefined> {
  const client = useClient();
  return useLive(
    `summary ${id}`,
    async (signal) => {
      try {
        return (await client.summary(id, signal)).value;
      } catch (error) {
        if (error instanceof RefusedError && error.status === 409) return undefined;
        throw error;
      }
    },
    (summary) => (summary === undefined ? EVERY.request : LINKS_MS),
  );
}
