/**
 * Why tasks fail, in few words. Each is a metric of its own, and every metric is paid for: the report has the whole
 * error of every task.
 */
export const FAILURE_REASONS = [
  "timeout",
  "connection",
  "tls",
  "redirect",
  "http_4xx",
  "http_5xx",
  "incomplete",
  "other_pop",
  "refused_address",
  "lost",
  "other",
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Codes are Node's, OpenSSL's and the agent's own; texts are those of `agent/download/answer.ts`, `addresses.ts` and Shutdown. */
const PATTERNS: readonly (readonly [RegExp, FailureReason])[] = [
  [/^HTTP 3/, "redirect"],
  [/^HTTP 4/, "http_4xx"],
  [/^HTTP 5/, "http_5xx"],
  [/^\d+ of \d+ bytes arrived/, "incomplete"],
  [/^answered by /, "other_pop"],
  [/which is refused$|is not an IP address$/, "refused_address"],
  [/^lost: /, "lost"],
  [/^\w*(TIMEOUT|TIMEDOUT)/, "timeout"],
  [/^\w*(TLS|CERT|SSL|UNABLE_TO_VERIFY)|^EPROTO/, "tls"],
  [/^(CLOSED|BAD_ANSWER|ECONN|EPIPE|EHOST|ENET|EADDR|no answer)/, "connection"],
];

/** @param error what a failed result says of itself */
export function failureReason(error: string | undefined): FailureReason {
  return PATTERNS.find(([pattern]) => pattern.test(error ?? ""))?.[1] ?? "other";
}
