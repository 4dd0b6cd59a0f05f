import type { Source } from "./source.ts";

/** Where a source is, as it may be shown and kept: without its query, in which a signature may stand. */
export function shownLocation({ url, s3 }: Pick<Source, "url" | "s3">): string {
  return s3 ?? url?.split("?", 1)[0] ?? "";
}
