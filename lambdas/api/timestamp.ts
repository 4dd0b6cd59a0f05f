import { formatTimestamp } from "../../domain/request/timestamps.ts";
import type { ApiDeps } from "./deps.ts";

/** The time of an answer. */
export function timestamp(deps: Pick<ApiDeps, "now">): string {
  return formatTimestamp(deps.now());
}
