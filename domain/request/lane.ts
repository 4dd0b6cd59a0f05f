import * as z from "zod";

/** The two queues of tasks: one that small requests have for themselves, and one for all others. */
export const LANES = ["main", "express"] as const;

export const laneSchema = z.enum(LANES);
export type Lane = z.infer<typeof laneSchema>;

/** What an agent does beside its other work, in a minute or two. */
const MOST_TASKS = 500;
/** As soon as one of the files is large. Large files run a few at a time, and what comes behind them waits. */
const MOST_BYTES_WITH_LARGE = 256 * 2 ** 20;

/** What a request's lane depends on. */
export interface LaneFacts {
  readonly tasks: number;
  /** Of all tasks. */
  readonly bytes: number;
  readonly sizesKnown: boolean;
  /** Whether any file travels alone. */
  readonly hasLarge: boolean;
}

/** The lane of a request's tasks. Where a size is unknown, it may be any: such a request goes with the others. */
export function laneOf({ tasks, bytes, sizesKnown, hasLarge }: LaneFacts): Lane {
  const isSmall = sizesKnown && tasks <= MOST_TASKS && (!hasLarge || bytes <= MOST_BYTES_WITH_LARGE);
  return isSmall ? "express" : "main";
}
