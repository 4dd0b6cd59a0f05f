import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";

/** What is not wrong, but may keep a request from what was meant. The words of each stand in docs/api.md, too. */
const MESSAGES = {
  no_tier:
    "hits that did not tell their tier, so they may be the regional cache's; a response headers policy with Server-Timing " +
    "enabled (at any sampling rate, also 0), on the cache behaviors of these URLs, makes CloudFront tell it",
  may_not_be_kept:
    "URLs whose headers say that a cache may not keep them; a minimum TTL of the cache policy can overrule that, so they may " +
    "be kept all the same",
} as const;

export interface Warning {
  readonly code: keyof typeof MESSAGES;
  /** Tasks or URLs that it is about, as its message says. */
  readonly count: number;
  readonly message: string;
  /** At most three. */
  readonly examples: readonly string[];
}

/** The warnings of a request, as far as its item and its counts show them. */
export function warningsOf(
  { may_not_be_kept: doubtful }: Pick<RequestItem, "may_not_be_kept">,
  { hit_count }: Pick<Count, "hit_count">,
): Warning[] {
  const warnings: Warning[] = [];
  if (hit_count > 0) warnings.push(warning("no_tier", hit_count, []));
  if (doubtful !== undefined && doubtful.count > 0)
    warnings.push(warning("may_not_be_kept", doubtful.count, doubtful.examples));
  return warnings;
}

function warning(code: Warning["code"], count: number, examples: readonly string[]): Warning {
  return { code, count, message: `${count} ${MESSAGES[code]}`, examples };
}
