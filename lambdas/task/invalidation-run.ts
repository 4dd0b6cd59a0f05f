import type { Distributions } from "../../aws/distributions.ts";
import { BATCH_PATHS, type InvalidationBatch, mayStart } from "../../domain/request/invalidation-batches.ts";
import { suspects } from "../../domain/request/invalidation-path.ts";

const SUSPECTS = 3;

export interface InvalidationRunDeps {
  readonly distributions: Pick<Distributions, "invalidate" | "isInvalidated">;
}

/** CloudFront will not invalidate a batch, now or later. */
export class InvalidationRefusedError extends Error {
  override readonly name = "InvalidationRefusedError";
  constructor({ distributionId, paths }: InvalidationBatch, why: string) {
    const named = suspects(paths, SUSPECTS).map((path) => `'${path.slice(0, 300)}'`);
    const of = paths.length > named.length ? `, or another of ${paths.length}` : "";
    super(`CloudFront refused to invalidate ${named.join(", ")}${of} in the distribution ${distributionId}: ${why}`);
  }
}

interface Started extends InvalidationBatch {
  readonly id: string;
}

/** Batches being invalidated, in their order: those before `done` are complete, as many as the quota allows are in progress. */
export class InvalidationRun {
  private readonly inProgress: Started[] = [];

  /** @param done how many of the batches earlier runs have completed */
  constructor(
    private readonly deps: InvalidationRunDeps,
    private readonly reqId: string,
    private readonly batches: readonly InvalidationBatch[],
    public done: number,
  ) {}

  get isComplete(): boolean {
    return this.done >= this.batches.length;
  }

  /** The oldest batch in progress; undefined: there is none. */
  get waitsFor(): Started | undefined {
    return this.inProgress[0];
  }

  /**
   * Starts what the quota has room for. What an earlier run had in progress is taken up again: the same reference is the
   * same invalidation.
   * @returns false when CloudFront takes no more now, for others have too many in progress
   * @throws InvalidationRefusedError
   */
  async startMore(): Promise<boolean> {
    for (;;) {
      const i = this.done + this.inProgress.length;
      const batch = this.batches[i];
      if (batch === undefined || !mayStart(batch, this.inProgress)) return true;
      // With the size: batches of a release that cut them otherwise have references of their own.
      const reference = `${this.reqId}-${BATCH_PATHS}-${i}`;
      const answer = await this.deps.distributions.invalidate(batch.distributionId, reference, batch.paths);
      if ("refused" in answer) throw new InvalidationRefusedError(batch, answer.refused);
      if ("busy" in answer) return false;
      this.inProgress.push({ ...batch, id: answer.id });
    }
  }

  /** Counts batches that are complete, the oldest first. @returns whether there was any */
  async finishSome(): Promise<boolean> {
    const before = this.done;
    for (let oldest = this.waitsFor; oldest !== undefined; oldest = this.waitsFor) {
      if (!(await this.deps.distributions.isInvalidated(oldest.distributionId, oldest.id))) break;
      this.inProgress.shift();
      this.done++;
    }
    return this.done > before;
  }
}
