/** What a state looks like besides its colour. */
export type Form =
  | "warm"
  | "hit"
  | "regional"
  | "done"
  | "not_kept"
  | "failed"
  | "under_way"
  | "waiting"
  | "stopped"
  | "timed_out";

/** Of the two bad ones the paths, in a square of 12: a map and the browser's tab draw them, too. */
export const BAD_SHAPES = { failed: "M2 2l8 8M10 2l-8 8", not_kept: "M6 .8 11.6 11H.4z" } as const;
