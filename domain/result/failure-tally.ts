import * as z from "zod";
import { cutText, type FailureReason, readReason } from "./failure.ts";

/** So much is told of an example. */
const MAX_EXAMPLE = 300;

/** How many failures have a reason, and one of them in words. By reason, as it is kept between two runs of a recount. */
export const failureTallySchema = z.record(z.string(), z.object({ count: z.number(), example: z.string() }));
export type SavedTally = z.infer<typeof failureTallySchema>;

/** What is told of a failed result. */
export interface TalliedFailure {
  readonly pop: string;
  readonly url: string;
  readonly variant?: string | undefined;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
}

/** Failures by their reason, to say which is the commonest. */
export class FailureTally {
  private readonly reasons = new Map<FailureReason, { count: number; readonly example: string }>();

  /** @param times how many tasks failed so. @default 1 */
  add({ pop, url, variant, reason: stored, error = "" }: TalliedFailure, times = 1): void {
    const reason = readReason(stored);
    const known = this.reasons.get(reason);
    if (known !== undefined) known.count += times;
    else {
      const form = variant === undefined ? "" : ` (${variant})`;
      this.reasons.set(reason, { count: times, example: cutText(`${error} for ${url}${form} at ${pop}`, MAX_EXAMPLE) });
    }
  }

  saved(): SavedTally {
    return Object.fromEntries(this.reasons);
  }

  /** Goes on from what was kept. */
  restore(saved: SavedTally): void {
    this.reasons.clear();
    for (const [reason, tallied] of Object.entries(saved)) this.reasons.set(readReason(reason), { ...tallied });
  }

  /** The commonest failure in words; undefined where there is none. */
  commonest(): string | undefined {
    const [first] = [...this.reasons].toSorted(([, a], [, b]) => b.count - a.count);
    if (first === undefined) return undefined;
    const [reason, { count, example }] = first;
    return `${count} by ${reason}, such as ${example}`;
  }
}
