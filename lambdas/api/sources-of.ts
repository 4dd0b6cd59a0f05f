import type { RequestItem } from "../../domain/request/request-item.ts";
import { sourceState } from "../../domain/sources/source-read.ts";

/** What each of a request's sources has given, as answers say it; nothing where it has none. */
export function sourcesOf({
  sources_read: sources,
  status,
}: Pick<RequestItem, "status"> & Partial<Pick<RequestItem, "sources_read">>) {
  if (sources === undefined) return {};
  return {
    sources: sources.map(({ type, from, documents, urls, left_out, done }) => {
      const state = sourceState({ documents, done }, status);
      return { type, from, state, documents, urls, left_out };
    }),
  };
}
