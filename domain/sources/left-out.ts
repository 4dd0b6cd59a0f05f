import * as z from "zod";

/** Why something that a source names is not warmed. */
export const LEFT_OUT = [
  /** Of a host that is not the distribution's. */
  "other_host",
  /** Not a URL that can be fetched: `skd://`, `data:`, a port of its own, … */
  "not_a_url",
  /** Named before, by this source or another. */
  "duplicate",
  /** Older than `since`. */
  "older",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** How many were left out, by reason. */
export const leftOutSchema = z.partialRecord(z.enum(LEFT_OUT), z.number().int().nonnegative());
export type LeftOutCounts = z.infer<typeof leftOutSchema>;
