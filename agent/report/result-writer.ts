import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import type { Logger } from "pino";
import { Batcher } from "../../aws/batcher.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { Ended } from "../../domain/plan/followers.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { retry } from "../../domain/retry.ts";

/** The most that one BatchWriteItem takes. */
const BATCH = 25;
const DELAY_MS = 25;
const PATIENCE = { firstMs: 25, longestMs: 5_000 };
/** The try at which a warning is logged. */
const WORTH_A_LINE = 6;

/** Refusals that pass: the table's throughput is limited for now, and grows within minutes. */
const BUSY = new Set(["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]);

/** Results that DynamoDB had not taken when the agent had to end. */
export class ResultNotWrittenError extends Error {
  override readonly name = "ResultNotWrittenError";
}

/**
 * Writes results, the good ones in batches. Once the promise resolves, the result is in the table. While DynamoDB is
 * busy or out of reach, the promise is pending. Then the message stays held, so nothing is downloaded twice. The slot
 * stays taken, so no more is downloaded than can be written.
 */
export class ResultWriter {
  private readonly good: Batcher<TaskResult>;
  private readonly pending = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly table: Pick<RequestTaskTable, "putGood" | "putFailure">,
    private readonly logger: Pick<Logger, "warn">,
  ) {
    this.good = new Batcher({
      size: BATCH,
      delayMs: DELAY_MS,
      send: (results) => this.writeBatch(results),
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

  /** Stops trying: what is not written yet fails. */
  giveUp(): void {
    this.ending.abort();
  }

  private async writeBatch(results: readonly TaskResult[]): Promise<undefined[]> {
    let left = results;
    await this.untilTaken(async () => {
      left = await this.table.putGood(left);
      return left.length === 0;
    });
    return [];
  }

  private writeFailure(result: TaskResult): Promise<void> {
    const put = this.untilTaken(async () => {
      await this.table.putFailure(result);
      return true;
    });
    const tracked = put.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    tracked.catch(() => undefined);
    return put;
  }

  /**
   * @param attempt says whether all of it was taken.
   * @throws an error that does not pass; ResultNotWrittenError at the end
   */
  private async untilTaken(attempt: () => Promise<boolean>): Promise<void> {
    const { signal } = this.ending;
    let cause: unknown;
    const observed = async (n: number) => {
      // Logged once for a batch: nothing else shows that the agent waits for DynamoDB.
      if (n === WORTH_A_LINE) this.logger.warn({ err: cause }, "DynamoDB takes no results, they are tried again");
      return attempt();
    };
    const passes = (error: unknown) => {
      cause = error;
      return willPass(error);
    };
    const taken = await retry(observed, { ...PATIENCE, again: (done) => !done, passes, signal }).catch((error) => {
      if (willPass(error)) return false;
      throw error;
    });
    if (!taken) throw new ResultNotWrittenError("DynamoDB did not take it in time", { cause });
  }
}

/**
 * Codes of the system for sockets (`ECONNRESET`), and of getaddrinfo for the DNS (`EAI_AGAIN`). Node's own codes (`ERR_…`) are faults
 * of the program. https://nodejs.org/api/errors.html#common-system-errors, https://man7.org/linux/man-pages/man3/getaddrinfo.3.html
 */
const SYSTEM_ERROR = /^E(AI_)?[A-Z]+$/;

/** Whether DynamoDB or the network is the cause, not the item or a missing permission. */
function willPass(error: unknown): boolean {
  if (error instanceof DynamoDBServiceException) {
    return BUSY.has(error.name) || (error.$metadata.httpStatusCode ?? 0) >= 500;
  }
  // Timeouts and missing credentials are known by their names.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return SYSTEM_ERROR.test(code) || (error instanceof Error && /Timeout|CredentialsProvider/.test(error.name));
}

/** Writes the results of a message as before, and remembers those that stand. */
export class NotedResults {
  private readonly standing = new Map<string, TaskResult>();

  constructor(private readonly results: Pick<ResultWriter, "write">) {}

  async write(result: TaskResult): Promise<void> {
    await this.results.write(result);
    this.standing.set(nameOf(result), result);
  }

  /** Those of a message's URLs that were written here, in its order. */
  of({ urls }: Pick<TaskMessage, "urls">): Ended[] {
    return urls.flatMap((url) => {
      const result = this.standing.get(nameOf(url));
      return result === undefined ? [] : [{ url, result }];
    });
  }
}

/** A normalised URL has no `#`. */
function nameOf({ url, variant }: { readonly url: string; readonly variant?: string | undefined }): string {
  return variant === undefined ? url : `${url}#${variant}`;
}
