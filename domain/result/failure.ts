import * as z from "zod";

/**
 * Why tasks fail: each code, and what it means. The code is set where the failure happens, stored with the result, and
 * counted. Most are a metric of their own, and every metric is paid for: the report has the whole error of every task.
 */
export const FAILURE_REASONS = {
  timeout: "No answer, or no further byte, within the time that is allowed.",
  connection:
    "No connection in time, or it was refused, reset or closed before an answer, or what came over it was not HTTP.",
  tls: "The server could not prove its name, or TLS failed in another way.",
  redirect: "The answer points to another URL, which is not followed.",
  http_4xx: "The edge or the origin refused the request.",
  http_5xx: "The edge or the origin failed.",
  waf: "AWS WAF answered with a challenge or a CAPTCHA instead of the object.",
  incomplete:
    "The body broke off, was shorter or longer than its Content-Length or than Get Size saw, or nothing told where it ends.",
  too_large: "The body was much larger than Get Size said, or than CloudFront can cache.",
  too_slow: "The body came so slowly that it would have held an instance for too long.",
  other_pop: "Another POP answered than the one that was asked.",
  not_kept: "The download was whole, but the POP does not keep the object.",
  not_cacheable: "The origin answered with HTTP 202: it accepted the request and did not send the object.",
  refused_address: "The POP's address is private, reserved, or no address.",
  not_asked:
    "Two POPs under the same REC asked before, and the origin failed or the object was not kept: so this one did not ask.",
  lost: "No agent finished the task, though it was queued several times.",
  no_distribution: "The URL's host name does not lead to a distribution.",
  name_not_found: "The name does not exist in DNS, or has no IPv4 address.",
  dns_unavailable: "The DNS resolver did not answer, or returned an error.",
  other: "Anything else, and every failure of an agent that did not store a reason yet.",
} as const;

export type FailureReason = keyof typeof FAILURE_REASONS;

/** All codes, in the order of the table. */
export const failureReasons: readonly FailureReason[] = Object.keys(FAILURE_REASONS).filter(isReason);

/** A code as it is stored. One that only a newer version knows is `other`, so that its result is read all the same. */
export const failureReasonSchema = z.enum(failureReasons).optional().catch("other");

/** A stored code; `other` where there is none or one that is not known. */
export function readReason(stored: string | undefined): FailureReason {
  return stored !== undefined && isReason(stored) ? stored : "other";
}

function isReason(text: string): text is FailureReason {
  return Object.hasOwn(FAILURE_REASONS, text);
}

/**
 * Where each failure lies. `origin`: the next POP of the same REC would meet it again. `pop`: it is the POP's, or the way's to it.
 * `begun`: the origin's if an answer had begun, for a cache hands on a body as it comes, and the POP's otherwise.
 */
const LIES_AT: Readonly<Record<FailureReason, "origin" | "pop" | "begun">> = {
  timeout: "origin",
  connection: "begun",
  tls: "pop",
  redirect: "origin",
  http_4xx: "origin",
  http_5xx: "origin",
  // The edge answers before a cache or the origin is asked. Rules that count requests or know addresses judge each agent by itself.
  waf: "pop",
  incomplete: "origin",
  too_large: "origin",
  too_slow: "origin",
  other_pop: "pop",
  // Not the origin's fault, but each POP would ask it twice for nothing.
  not_kept: "origin",
  not_cacheable: "origin",
  refused_address: "pop",
  not_asked: "origin",
  // Its message ended several agents, or nobody could work on it: another POP's would be the same.
  lost: "origin",
  // Input failures: no agent reports these.
  no_distribution: "pop",
  name_not_found: "pop",
  dns_unavailable: "pop",
  other: "begun",
};

/** Whether another POP of the same REC would most likely fail alike. @param answered a status line had come */
export function isOriginFailure(reason: FailureReason, answered: boolean): boolean {
  const place = LIES_AT[reason];
  return place === "begun" ? answered : place === "origin";
}

/** What went wrong with one task. It has a code or a detail, or both. */
export interface Failure {
  readonly reason: FailureReason;
  /** What happened in a few fixed characters: `HTTP 404`, `ECONNRESET`, `CONNECT_TIMEOUT`. */
  readonly code?: string;
  /** The same in words, with the numbers and names of this one case. */
  readonly detail?: string;
}

/** Most characters of an error: a certificate or a redirect may say as much as it likes. */
export const MAX_ERROR = 1_000;

/** A failure as people read it in the report: `code: detail`, or what there is of the two; cut if it is long. */
export function errorText({ code, detail }: Failure): string {
  if (code === undefined) return cutText(detail ?? "", MAX_ERROR);
  return cutText(detail === undefined ? code : `${code}: ${detail}`, MAX_ERROR);
}

/** No longer than `most` characters; one that was cut ends in `…`. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : ownCopy(`${text.slice(0, most - 1)}…`);
}

/**
 * The same text in memory of its own. V8 keeps the whole of a text as long as a slice of it is used: 60,000 of 64 KB each
 * are more than a function has.
 */
function ownCopy(text: string): string {
  return String(JSON.parse(JSON.stringify(text)));
}

/** The object may not exist yet: https://www.rfc-editor.org/rfc/rfc9110#section-15.3.3 */
export const ACCEPTED = 202;

/** The failure of a response with the status {@link ACCEPTED} that AWS WAF did not send. */
export function acceptedFailure(): Failure {
  return {
    reason: "not_cacheable",
    code: `HTTP ${ACCEPTED}`,
    detail: "the origin accepted the request and did not send the object; retry when it answers with HTTP 200",
  };
}

/** The failure of a task that never got a result. @param queuedTimes how often it was queued in all */
export function lostFailure(queuedTimes: number): Failure {
  return {
    reason: "lost",
    code: "lost",
    detail: `no agent finished it, though it was queued ${queuedTimes} times`,
  };
}
