import type { Logger } from "pino";
import { Batcher } from "../../domain/batcher.ts";
import type { ResultStore } from "../../domain/plan/ports.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { retry } from "../../domain/retry.ts";

/** The most that one BatchWriteItem takes: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const BATCH_SIZE = 25;
const BATCH_DELAY_MS = 25;
const BACK_OFF = { firstMs: 25, longestMs: 5_000 };
/** The attempt at which a warning is logged. */
const WARN_AT_ATTEMPT = 6;

/** Results that were not stored when the agent had to end. */
export class ResultNotWrittenError extends Error {
  override readonly name = "ResultNotWrittenError";
}

/**
 * Writes results, the good ones in batches. Once the promise resolves, the result is stored. While the store is
 * busy or out of reach, the promise is pending: the message stays hidden, so nothing is downloaded twice, and the slot
 * stays taken, so no more is downloaded than can be written.
 */
export class ResultWriter {
  private readonly good: Batcher<TaskResult>;
  private readonly pending = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly store: ResultStore,
    private readonly logger: Logger,
  ) {
    this.good = new Batcher({
      size: BATCH_SIZE,
      delayMs: BATCH_DELAY_MS,
      send: async (results) => {
        let left = results;
        await this.untilStored(async () => {
          left = await this.store.putGood(left);
          return left.length === 0;
        });
        return [];
      },
      key: (result) => `${result.task_key}\n${result.pop_url}`,
    });
  }

  write(result: TaskResult): Promise<void> {
    return result.ok ? this.good.add(result) : this.writeFailure(result);
  }

  /** Returns when every result so far is written or has failed. */
  async drain(): Promise<void> {
    await Promise.allSettled([this.good.drain(), ...this.pending]);
  }

  /** Ends all retries: what is not written yet fails. */
  giveUp(): void {
    this.ending.abort();
  }

  private writeFailure(result: TaskResult): Promise<void> {
    const put = this.untilStored(async () => {
      await this.store.putFailure(result);
      return true;
    });
    const tracked = put.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    tracked.catch(() => undefined);
    return put;
  }

  /**
   * @param attempt returns whether all of it was stored
   * @throws an error that is not temporary; ResultNotWrittenError at the end
   */
  private async untilStored(attempt: () => Promise<boolean>): Promise<void> {
    let cause: unknown;
    const isTemporary = (error: unknown) => {
      cause = error;
      return this.store.isTemporary(error);
    };
    const logged = async (n: number) => {
      // Logged once for a batch: nothing else shows that the agent waits for the store.
      if (n === WARN_AT_ATTEMPT) this.logger.warn({ err: cause }, "Writing results failed; retrying");
      return attempt();
    };
    const options = {
      ...BACK_OFF,
      again: (stored: boolean) => !stored,
      passes: isTemporary,
      signal: this.ending.signal,
    };
    const stored = await retry(logged, options).catch((error: unknown) => {
      if (this.store.isTemporary(error)) return false;
      throw error;
    });
    if (!stored) throw new ResultNotWrittenError("The result was not stored before the agent ended", { cause });
  }
}
