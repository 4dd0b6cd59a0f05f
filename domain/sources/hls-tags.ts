import type { LeftOut } from "./left-out.ts";

/** What a player does with the URL in a tag: reads it as a playlist, or loads it. */
export type HlsUse = "playlist" | "file" | LeftOut;

/** Tags that have a URL, the attribute that it is in, and what becomes of it. */
const TAGS: ReadonlyMap<string, Readonly<Record<string, HlsUse>>> = new Map([
  // Audio, subtitles and angles that a viewer may choose.
  ["EXT-X-MEDIA", { URI: "playlist" }],
  // Players ask for these while somebody seeks. They are mostly byte ranges of the segments.
  ["EXT-X-I-FRAME-STREAM-INF", { URI: "playlist" }],
  // Thumbnails: https://github.com/image-media-playlist/spec
  ["EXT-X-IMAGE-STREAM-INF", { URI: "playlist" }],
  ["EXT-X-MAP", { URI: "file" }],
  ["EXT-X-KEY", { URI: "file" }],
  ["EXT-X-SESSION-KEY", { URI: "file" }],
  ["EXT-X-SESSION-DATA", { URI: "file" }],
  ["EXT-X-PART", { URI: "live_only" }],
  ["EXT-X-PRELOAD-HINT", { URI: "live_only" }],
  ["EXT-X-RENDITION-REPORT", { URI: "live_only" }],
  ["EXT-X-CONTENT-STEERING", { "SERVER-URI": "per_viewer" }],
  ["EXT-X-DATERANGE", { "X-ASSET-URI": "per_viewer", "X-ASSET-LIST": "per_viewer" }],
]);

/** The tags whose attributes have to be read. */
export function hlsUses(tag: string): Readonly<Record<string, HlsUse>> | undefined {
  return TAGS.get(tag);
}
