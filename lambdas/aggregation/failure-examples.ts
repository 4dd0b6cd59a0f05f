import type { ProgressTable } from "../../aws/progress-table.ts";
import type { FailureReason } from "../../domain/result/failure.ts";
import type { BatchProgress } from "./progress-of-batch.ts";
import { remember } from "./remember.ts";

/** Keeps a few examples of each reason of failures: those of the first batch that has any. Each costs one write a process. */
export class FailureExamples {
  private readonly noted = new Map<string, Set<FailureReason>>();

  constructor(private readonly progress: Pick<ProgressTable, "exemplify">) {}

  async note({ reqId, failures }: Pick<BatchProgress, "reqId" | "failures">, expireAt: number): Promise<void> {
    const noted = this.noted.get(reqId) ?? new Set();
    remember(this.noted, reqId, noted);
    for (const [reason, { examples }] of failures) {
      if (examples.length === 0 || noted.has(reason)) continue;
      await this.progress.exemplify(reqId, reason, examples, expireAt);
      noted.add(reason);
    }
  }
}
