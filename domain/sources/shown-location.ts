import type { Source } from "./source.ts";

/** Characters that are shown: an address may have 8,192, and an item has room for 400 KB. */
const MAX_SHOWN = 500;

/** Where a source is, as it may be shown and kept: without its query, in which a signature may stand. */
export function shownLocation({ url, s3 }: Pick<Source, "url" | "s3">): string {
  const location = s3 ?? url?.split("?", 1)[0] ?? "";
  return location.length > MAX_SHOWN ? `${location.slice(0, MAX_SHOWN)}…` : location;
}
