import { Batcher } from "../../domain/batcher.ts";
import type { Log } from "../../domain/log-fields.ts";
import type { ResultStore } from "../../domain/plan/ports.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { retry } from "../../domain/retry.ts";

/** The most that one BatchWriteItem takes: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const BATCH_SIZE = 25;
const BATCH_DELAY_MS = 25;
const BACK_OFF = { firstMs: 25, longestMs: 5_000 };
/** The failure at which a warning is logged. */
const WARN_AT_FAILURE = 6;

/** The store is busy: it has not taken all results. */
class StoreBusyError extends Error {
  override readonly name = "StoreBusyError";
}

/**
 * Writes results, the good ones in batches. Once the promise resolves, the result is stored. While the store is
 * busy or out of reach, the promise is pending: the message stays hidden, so nothing is downloaded twice, and the slot
 * stays taken, so no more is downloaded than can be written.
 */
export class ResultWriter {
  private readonly good: Batcher<TaskResult>;
  private readonly ending = new AbortController();

  constructor(
    private readonly store: ResultStore,
    private readonly logger: Log,
  ) {
    this.good = new Batcher({
      size: BATCH_SIZE,
      delayMs: BATCH_DELAY_MS,
      send: async (results) => {
        let left = results;
        await this.untilStored(async () => {
          left = await this.store.putGood(left);
          if (left.length > 0) throw new StoreBusyError(`${left.length} results are to be written again`);
        });
        return [];
      },
      key: (result) => `${result.task_key}\n${result.pop_url}`,
    });
  }

  /** @throws an error that is not temporary; any error once the agent gives up */
  write(result: TaskResult): Promise<void> {
    return result.ok ? this.good.add(result) : this.untilStored(() => this.store.putFailure(result));
  }

  /** Ends all retries: what is not written yet fails. */
  giveUp(): void {
    this.ending.abort();
  }

  private async untilStored(attempt: () => Promise<void>): Promise<void> {
    let failures = 0;
    const isRetryable = (error: unknown) => {
      // Logged once for a batch: nothing else shows that the agent waits for the store.
      if (++failures === WARN_AT_FAILURE) this.logger.warn({ err: error }, "Writing results failed; retrying");
      return error instanceof StoreBusyError || this.store.isTemporary(error);
    };
    await retry(attempt, { ...BACK_OFF, retryOnError: isRetryable, signal: this.ending.signal });
  }
}
