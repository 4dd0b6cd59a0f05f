import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Count } from "../../domain/result/count.ts";

/** What is not wrong, but may keep a request from what was meant. docs/api.md says more of each. */
const MESSAGES = {
  no_tier:
    "Some hits did not tell their tier, so they may be the regional cache's. CloudFront tells it where the cache behavior has " +
    "a response headers policy with Server-Timing enabled, at any sampling rate",
  may_not_be_kept:
    "The headers of some URLs say that no cache may keep them. A minimum TTL of the cache policy can overrule that, so they " +
    "may be kept all the same",
} as const;

export interface Warning {
  readonly code: keyof typeof MESSAGES;
  /** How many tasks (`no_tier`) or URLs (`may_not_be_kept`) it is about. */
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
  return { code, count, message: MESSAGES[code], examples };
}
