import type { Progress } from "../../client/answers.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";

/** A time left that changes faster than this, as the rate does, cannot be read. */
const STEADY_MS = 10_000;

/**
 * Keeps the moment at which a request will be done for ten seconds, so that its sentence and its time left are steady, and agree.
 * One that is much earlier counts at once: between two measurements, a rate may seem nearly zero.
 */
export class SteadyFinish {
  private kept: { readonly status: string; readonly finishAt: string; readonly at: number } | undefined;

  /** @param now milliseconds */
  of(progress: Progress, now: number): Progress {
    const { status, estimated_finish_at: finishAt } = progress;
    const { kept } = this;
    if (finishAt === null || finishAt === kept?.finishAt) return progress;
    const isMuchEarlier = kept !== undefined && leftUntil(finishAt, progress) < leftUntil(kept.finishAt, progress) / 2;
    if (kept?.status === status && now - kept.at < STEADY_MS && !isMuchEarlier)
      return { ...progress, estimated_finish_at: kept.finishAt };
    this.kept = { status, finishAt, at: now };
    return progress;
  }
}

function leftUntil(finishAt: string, { timestamp }: Progress): number {
  return parseTimestamp(finishAt) - parseTimestamp(timestamp);
}
