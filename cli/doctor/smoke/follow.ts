import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fleet } from "../../../aws/fleet.ts";
import type { ApiClient } from "../../../client/api-client.ts";
import { isTerminal, type Status } from "../../../domain/request/lifecycle.ts";
import { EXIT } from "../../exit-codes.ts";

export interface FollowDeps {
  readonly api: Pick<ApiClient, "start" | "progress" | "stop">;
  readonly fleet: Pick<Fleet, "state">;
  readonly intervalMs: number;
  /** Has `stop` called if the process is interrupted. Returns what ends that. */
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
const DEADLINE_MS = (TIMEOUT_MINUTES + 5) * 60_000;

/**
 * Starts a request for one URL with one instance and follows it to its end. Left alone, it ends by itself after a quarter
 * of an hour, and its instance with it; interrupted, it is stopped. @throws RefusedError
 */
export async function follow(deps: FollowDeps, url: URL, pops: readonly string[]): Promise<Followed> {
  const { api } = deps;
  const begin = Date.now();
  const body = {
    url_list: [url.href],
    target_type: "pop",
    pops,
    timeout: TIMEOUT_MINUTES,
    instance_count: 1,
    client_token: randomUUID(),
  };
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
  const { api, fleet, intervalMs } = deps;
  const seconds = () => Math.round((Date.now() - begin) / 1_000);
  let seen: Pick<Followed, "inService" | "firstResult"> = {};
  for (;;) {
    const { value: progress } = await api.progress(reqId);
    const { inService } = await fleet.state();
    if (inService > 0) seen = { inService: seconds(), ...seen };
    if (progress.download_count > 0) seen = { firstResult: seconds(), ...seen };
    const { status, total_count: total, failed_count: failed } = progress;
    const ended = isTerminal(status);
    if (ended || Date.now() - begin > DEADLINE_MS) {
      const end = ended ? seconds() : undefined;
      return { reqId, startedAt: new Date(begin), ...seen, end, status, total, failed };
    }
    await sleep(intervalMs);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The process, as far as this has to do with it. */
export interface Interruptible {
  once(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  exit(code: number): unknown;
  readonly stderr: { write(text: string): unknown };
}

/** Calls `stop` when the process is interrupted, and then ends it. A second Ctrl-C does not wait. @returns what ends this */
export function stopOnInterrupt(stop: () => Promise<unknown>, host: Interruptible): () => void {
  const off = () => {
    for (const signal of SIGNALS) host.off(signal, interrupted);
  };
  const interrupted = async () => {
    off();
    host.stderr.write("Stopping the request …\n");
    const says = await stop().then(
      () => "The request is stopped, and the Auto Scaling group has the size that other requests need.",
      (error: unknown) =>
        `The request could not be stopped (${messageOf(error)}). It ends by itself within 15 minutes.`,
    );
    host.stderr.write(`${says}\n`);
    host.exit(EXIT.left);
  };
  for (const signal of SIGNALS) host.once(signal, interrupted);
  return off;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Polling {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Asks until the answer is good or the time is up. @returns the last answer */
export async function until<T>(
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  { intervalMs, timeoutMs }: Polling,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isGood(answer) || Date.now() >= deadline) return answer;
    await sleep(intervalMs);
  }
}
