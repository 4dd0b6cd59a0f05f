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
  /** A key that stands for a folder of a bucket: it ends in `/`. */
  "folder",
  /** A page with a player in it, of a video entry: what it plays is named besides. */
  "player_page",
  /** What a player asks for in a live playlist alone: parts, hints, reports. */
  "live_only",
  /** A segment that the playlist marks as not there (EXT-X-GAP): a player must not ask for it. */
  "gap",
  /** What is made for each viewer: interstitials, content steering. */
  "per_viewer",
  /** In a tag that is not known, and that a player therefore ignores. */
  "unknown_tag",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** How many were left out, by reason. */
export const leftOutSchema = z.partialRecord(z.enum(LEFT_OUT), z.number().int().nonnegative());
export type LeftOutCounts = z.infer<typeof leftOutSchema>;
