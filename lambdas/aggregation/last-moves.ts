import type { ProgressTable } from "../../aws/progress-table.ts";
import type { BatchProgress } from "./progress-of-batch.ts";
import { remember } from "./remember.ts";

/** Whoever asks how long a request has stood still counts in minutes. */
const EVERY_MS = 2_000;

/** Notes when results of a request came last: not with each batch, for it is a write of its own. */
export class LastMoves {
  private readonly noted = new Map<string, number>();

  constructor(private readonly progress: Pick<ProgressTable, "moved">) {}

  async note({ reqId, at }: Pick<BatchProgress, "reqId" | "at">, expireAt: number): Promise<void> {
    const before = this.noted.get(reqId);
    if (before !== undefined && at - before < EVERY_MS) return;
    await this.progress.moved(reqId, at, expireAt);
    remember(this.noted, reqId, at);
  }
}
