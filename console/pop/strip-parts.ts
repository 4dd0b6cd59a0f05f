import type { PopUrls } from "../../client/answers.ts";
import type { TaskState } from "../../domain/readiness/task-states.ts";
import type { HeatStripState } from "../../domain/result/heat-strip.ts";

/** A bucket as it is drawn: bad ones over the whole height, so that not the colour alone tells them. */
export interface StripPart {
  readonly outcome: TaskState;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
}

const GAP = 1;
const LOW = 0.6;

/** The buckets side by side in a strip of this size. A few do not become broad beams: each has so much at most. */
export function stripParts(
  buckets: PopUrls["buckets"],
  { width, height, widest }: { readonly width: number; readonly height: number; readonly widest: number },
): StripPart[] {
  const step = Math.min(widest, width / Math.max(1, buckets.length));
  return buckets.map(({ state }, i) => {
    const tall = isBad(state) ? height : Math.round(height * LOW);
    return {
      outcome: outcomeOf(state),
      x: i * step,
      width: Math.max(1, step - GAP),
      y: height - tall,
      height: tall,
    };
  });
}

/** What is not tried waits, in the words of the page. */
export function outcomeOf(state: HeatStripState): TaskState {
  return state === "not_tried" ? "waiting" : state;
}

function isBad(state: HeatStripState): boolean {
  return state === "failed" || state === "not_kept";
}
