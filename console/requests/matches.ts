import type { Listed } from "../../client/answers.ts";
import { rowState } from "./row-state.ts";

export const FILTERS = ["all", "underWay", "toLookAt", "ready"] as const;
export type Filter = (typeof FILTERS)[number];

/** Whether a request is to be shown. Case does not matter. */
export function matches(request: Listed, filter: Filter, text: string): boolean {
  if (filter !== "all" && rowState(request).filter !== filter) return false;
  const sought = text.trim().toLowerCase();
  return [request.request_id, request.url_prefix].some((it) => it.toLowerCase().includes(sought));
}
