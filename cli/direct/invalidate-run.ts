import { type InvalidationDeps, type Invalidations, invalidateAll } from "../../domain/plan/invalidate.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { pause } from "../../domain/retry.ts";
import { shortId } from "../api/find-request.ts";
import { CommandError } from "../command-error.ts";

export interface RunInvalidationDeps {
  readonly account: Invalidations;
  readonly lists: InvalidationDeps["lists"];
  /** Keeps how far it is, for a process that goes on. */
  readonly save: (fields: { readonly invalidated_batches: number }) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Why a run ends before its URLs are invalidated. */
export interface InvalidationEnd {
  readonly event: "FAIL" | "TIME_OUT";
  readonly reason: string;
}

/**
 * Invalidates the URLs of a run, and waits until that is complete.
 * @param item the run's, as it is saved
 * @returns undefined: all of it is done
 * @throws what the signal was aborted with; CommandError: the account cannot be asked
 */
export async function invalidateRun(
  { account, lists, save, signal }: RunInvalidationDeps,
  item: () => RequestItem,
): Promise<InvalidationEnd | undefined> {
  const ends: InvalidationEnd[] = [];
  const deps: InvalidationDeps = {
    lists,
    distributions: {
      invalidate: async (...call) => {
        // It may have been stopped meanwhile.
        signal.throwIfAborted();
        return account.invalidate(...call);
      },
      isInvalidated: (...call) => account.isInvalidated(...call),
    },
    requests: {
      end: async (_, event, { reason }) => ends.push({ event, reason }),
      updateAndTouch: async (_, __, fields) => {
        await save(fields);
        return !signal.aborted;
      },
    },
    now: Date.now,
    sleep: (ms) => pause(ms, signal),
  };
  const invalidateSome = () =>
    invalidateAll(deps, item(), () => !signal.aborted).catch((cause: unknown) => {
      if (!(cause instanceof CommandError)) throw cause;
      const next = `${cause.next} Then go on: prewarm resume ${shortId(item().req_id)}`;
      throw new CommandError(cause.message, next, { cause });
    });
  while (!(await invalidateSome())) {
    if (ends[0] !== undefined) return ends[0];
    signal.throwIfAborted();
  }
  return undefined;
}
