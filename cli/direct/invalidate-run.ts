import { shortId } from "../../client/request-ids.ts";
import { type InvalidationClient, type InvalidationDeps, invalidateAll } from "../../domain/plan/invalidate.ts";
import { invalidatingFields } from "../../domain/request/invalidation.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { pause } from "../../domain/retry.ts";
import { CommandError, type Next } from "../command-error.ts";
import { isTemporary } from "./account.ts";

export interface RunInvalidationDeps {
  readonly account: InvalidationClient;
  readonly lists: InvalidationDeps["lists"];
  /** Keeps how far it is, for a process that goes on. */
  readonly save: (fields: Pick<RequestItem, "invalidated_batches">) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Why a run ends before all is invalidated. */
export interface InvalidationEnd {
  readonly event: "FAIL" | "TIME_OUT";
  readonly reason: string;
}

/**
 * Invalidates what a run asks for, and waits until that is complete. While the account does not answer, it is asked again.
 * @param item the run's, as it is saved
 * @returns undefined: all of it is done
 * @throws what the signal was aborted with; CommandError: the account cannot be asked
 */
export async function invalidateRun(
  { account, lists, save, signal }: RunInvalidationDeps,
  item: () => RequestItem,
): Promise<InvalidationEnd | undefined> {
  const ends: InvalidationEnd[] = [];
  /** Why the account does not answer now. */
  let silence: string | undefined;
  const ask = async <T>(question: Promise<T>, unanswered: (why: string) => T): Promise<T> => {
    try {
      const answer = await question;
      silence = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof CommandError && isTemporary(error))) throw error;
      silence = error.message;
      return unanswered(silence);
    }
  };
  const deps: InvalidationDeps = {
    lists,
    distributions: {
      invalidate: async (...call) => {
        // It may have been stopped meanwhile.
        signal.throwIfAborted();
        return ask(account.invalidate(...call), (busy) => ({ busy }));
      },
      isInvalidated: (...call) => ask(account.isInvalidated(...call), () => false),
    },
    requests: {
      end: async (_, event, { reason }) => {
        const unasked = `${invalidatingFields(item())}: ${silence}, until the time was over; nothing was warmed`;
        ends.push({ event, reason: silence === undefined ? reason : unasked });
      },
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
      const id = shortId(item().req_id);
      const next: Next = (command) => `${cause.nextStep(command)} Then continue: ${command("resume", id)}`;
      throw new CommandError(cause.message, next, { cause });
    });
  while (!(await invalidateSome())) {
    if (ends[0] !== undefined) return ends[0];
    signal.throwIfAborted();
  }
  return undefined;
}
