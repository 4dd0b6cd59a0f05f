import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "../../../aws/fleet.ts";
import type { ApiClient } from "../../../client/api-client.ts";
import { isTerminal, type Status } from "../../../domain/request/lifecycle.ts";

export interface FollowDeps {
  readonly api: Pick<ApiClient, "start" | "progress" | "stop">;
  readonly fleet: Pick<Fleet, "state">;
  /** Between two looks, in ms. */
  readonly every: number;
  readonly now: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Has `stop` called if whoever follows is interrupted. Returns what ends that. */
  readonly onInterrupt: (stop: () => Promise<unknown>) => () => void;
}

/** A request as it went. Times are seconds from its start; absent: it has not come to that. */
export interface Followed {
  readonly reqId: string;
  readonly startedAt: Date;
  readonly inService?: number | undefined;
  readonly firstResult?: number | undefined;
  readonly end?: number | undefined;
  readonly status: Status;
  readonly total: number;
  readonly failed: number;
}

const TIMEOUT_MINUTES = 15;
/** The request's own end, and a while for its timer and its last recount. */
const PATIENCE_MS = (TIMEOUT_MINUTES + 5) * 60_000;

/**
 * Starts a request for one URL with one instance and follows it to its end. Left alone, it ends by itself after a quarter
 * of an hour, and its instance with it; interrupted, it is stopped. @throws RefusedError
 */
export async function follow(deps: FollowDeps, url: URL, pops: readonly string[]): Promise<Followed> {
  const { api, now } = deps;
  const begin = now();
  const body = { url_list: [url.href], target_type: "pop", pops, timeout: TIMEOUT_MINUTES, instance_count: 1 };
  const started = api.start(body).then(({ value }) => value.request_id);
  // From now on, also while the answer is under way: the request may be there already.
  const done = deps.onInterrupt(async () => api.stop(await started));
  try {
    return await toItsEnd(deps, await started, begin);
  } finally {
    done();
  }
}

async function toItsEnd(deps: FollowDeps, reqId: string, begin: number): Promise<Followed> {
  const { api, fleet, every, now, sleep: wait = sleep } = deps;
  const seconds = () => Math.round((now() - begin) / 1_000);
  let seen: Pick<Followed, "inService" | "firstResult"> = {};
  for (;;) {
    const { value: progress } = await api.progress(reqId);
    const { inService } = await fleet.state();
    if (inService > 0) seen = { inService: seconds(), ...seen };
    if (progress.download_count > 0) seen = { firstResult: seconds(), ...seen };
    const { status, total_count: total, failed_count: failed } = progress;
    const ended = isTerminal(status);
    if (ended || now() - begin > PATIENCE_MS) {
      const end = ended ? seconds() : undefined;
      return { reqId, startedAt: new Date(begin), ...seen, end, status, total, failed };
    }
    await wait(every);
  }
}
