import type { Progress } from "../../client/answers.ts";

/** A time left that changes faster than this, as the rate does, cannot be read. */
const STEADY_MS = 10_000;

/** Keeps the moment at which a request will be done for ten seconds, so that its sentence and its time left are steady, and agree. */
export class SteadyFinish {
  private kept: { readonly status: string; readonly finishAt: string; readonly at: number } | undefined;

  /** @param now milliseconds */
  of(progress: Progress, now: number): Progress {
    const { status, estimated_finish_at: finishAt } = progress;
    const { kept } = this;
    if (finishAt === null || finishAt === kept?.finishAt) return progress;
    if (kept?.status === status && now - kept.at < STEADY_MS)
      return { ...progress, estimated_finish_at: kept.finishAt };
    this.kept = { status, finishAt, at: now };
    return progress;
  }
}
