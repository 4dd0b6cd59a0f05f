import { formatTimestamp } from "../../domain/request/timestamps.ts";

/** The time of an answer. */
export function timestamp({ now }: { readonly now: () => Date }): string {
  return formatTimestamp(now());
}
