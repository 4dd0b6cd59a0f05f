import { formatTimestamp } from "../../domain/timestamps.ts";

const MINUTE = 60_000;

/** A request of which rows are made up, in milliseconds since the epoch and sums of its whole time. */
export interface MadeUpRun {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly warm: number;
}

/** Rows of `?detail=samples`, one a minute: instances boot for three of them, then it goes about evenly. */
export function sampleRows({ from, to, bytes, warm }: MadeUpRun) {
  const minutes = Math.max(1, Math.round((to - from) / MINUTE));
  const speeds = Array.from({ length: minutes }, (_, n) => (n < 3 ? 0 : Math.min(n - 2, 4) * (8 + ((n * 7) % 5))));
  const all = Math.max(
    1,
    speeds.reduce((sum, it) => sum + it, 0),
  );
  let done = 0;
  return [0, ...speeds].map((speed, n) => {
    done += speed / all;
    return {
      at: formatTimestamp(from + ((to - from) * n) / minutes),
      received_size: Math.round(bytes * done),
      warm_count: Math.floor(warm * done),
      hit_count: 0,
    };
  });
}
