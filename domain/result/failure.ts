import * as z from "zod";
import { keysOf } from "../collections.ts";
import type { NotKeptReason } from "./proof.ts";

/**
 * Why tasks fail: each code, and what it means. The code is set where the failure happens, stored with the result, and
 * counted. Most are a metric of their own, and every metric is paid for: the report has the whole error of every task.
 */
export const FAILURE_REASONS = {
  timeout: "No response, or no further data, within the allowed time.",
  connection:
    "The connection was not established in time, or it was refused, reset or closed before a response, or the response was not HTTP.",
  tls: "The certificate of the server does not match its name, or TLS failed in another way.",
  redirect: "The response redirects to another URL, which Prewarm does not follow.",
  http_4xx: "The edge or the origin rejected the request.",
  http_5xx: "The edge or the origin failed.",
  waf: "AWS WAF responded with a challenge or a CAPTCHA instead of the object.",
  generated: "A function at the edge generated the response instead of the cache or the origin.",
  error_page: "CloudFront responded with a custom error page and status 200 (x-cache: Error).",
  incomplete:
    "The body was cut off, was shorter or longer than its Content-Length or than the probed size, or does not indicate where it ends.",
  too_large: "The body was much larger than the probed size, or than CloudFront can cache.",
  too_slow: "The body arrived so slowly that it would have occupied an instance for too long.",
  other_pop: "A POP other than the requested one responded.",
  not_kept: "The download was complete, but the POP does not keep the object.",
  not_cacheable: "The origin responded with HTTP 202: it accepted the request but did not send the object.",
  refused_address: "The address of the POP is private, reserved or not valid.",
  not_asked:
    "Two POPs under the same regional edge cache (REC) were tried before, and the origin failed or the object was not kept. So this POP was skipped.",
  lost: "No agent finished the task, although it was queued several times.",
  no_distribution: "The URL's host name does not lead to a distribution.",
  name_not_found: "The name does not exist in DNS, or has no IPv4 address.",
  dns_unavailable: "The DNS resolver did not respond, or returned an error.",
  other: "Any other failure.",
} as const;

export type FailureReason = keyof typeof FAILURE_REASONS;

/** All codes, in the order of the table. */
export const failureReasons: readonly FailureReason[] = keysOf(FAILURE_REASONS);

/**
 * Reasons that the metrics count as `other`, and nowhere else. Each reason with a metric of its own is one more metric on the
 * dashboard, and a dashboard of more than 50 metrics is not free. The first four are rare, and the report names them; no task fails for
 * the others.
 */
const NOT_MEASURED: readonly FailureReason[] = [
  "generated",
  "error_page",
  "refused_address",
  "not_cacheable",
  "no_distribution",
  "name_not_found",
  "dns_unavailable",
];

/** The values of the dimension `reason` of metrics. */
export const metricReasons: readonly FailureReason[] = failureReasons.filter((it) => !NOT_MEASURED.includes(it));

/** The value of the dimension `reason` of metrics that a reason is counted under. */
export function metricReasonOf(reason: FailureReason): FailureReason {
  return metricReasons.includes(reason) ? reason : "other";
}

/** A code as it is stored. One that only a newer version knows is `other`, so that its result is read all the same. */
export const failureReasonSchema = z.enum(failureReasons).optional().catch("other");

/** A stored code; `other` where there is none or one that is not known. */
export function readReason(stored: string | undefined): FailureReason {
  return failureReasonSchema.parse(stored) ?? "other";
}

/**
 * Where each failure lies. `origin`: the next POP under the same REC would fail the same way. `pop`: at the POP, or on the way to it.
 * `depends_on_response`: at the origin if a response had begun, because a cache forwards a body as it arrives; otherwise at the POP.
 */
const FAILURE_SITE: Readonly<Record<FailureReason, "origin" | "pop" | "depends_on_response">> = {
  timeout: "origin",
  connection: "depends_on_response",
  tls: "pop",
  redirect: "origin",
  http_4xx: "origin",
  http_5xx: "origin",
  // The edge answers before a cache or the origin is asked. Rules that count requests or know addresses judge each agent by itself.
  waf: "pop",
  // A function runs at the POP or the REC, but each POP runs the same one.
  generated: "origin",
  error_page: "origin",
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
  other: "depends_on_response",
};

/** Whether another POP under the same REC would most likely fail the same way. @param answered a status line had come */
export function isOriginFailure(reason: FailureReason, answered: boolean): boolean {
  const place = FAILURE_SITE[reason];
  return place === "depends_on_response" ? answered : place === "origin";
}

/** Failures that come again until somebody changes something: the URL, the origin, the distribution. */
const NEEDS_CHANGE: readonly FailureReason[] = [
  "tls",
  "redirect",
  "http_4xx",
  "waf",
  "generated",
  "too_large",
  "not_kept",
  "not_cacheable",
  "refused_address",
  "no_distribution",
  "name_not_found",
];

/** Whether a retry most likely fails for the same reason, if nothing is changed before it. */
export function needsChange(reason: FailureReason): boolean {
  return NEEDS_CHANGE.includes(reason);
}

/** What went wrong with one task. It has a code or a detail, or both. */
export interface Failure {
  readonly reason: FailureReason;
  /** What happened in a few fixed characters: `HTTP 404`, `ECONNRESET`, `CONNECT_TIMEOUT`. */
  readonly code?: string | undefined;
  /** The same in words, with the numbers and names of this one case. */
  readonly detail?: string | undefined;
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

/** The headers of a response that tell why it is not the object. */
interface RefusalHeaders {
  /** The value of {@link WAF_ACTION_HEADER}. */
  readonly wafAction?: string | undefined;
  readonly location?: string | undefined;
}

/** Why a response is not the object, as far as its status and AWS WAF tell; undefined: it may be the object. */
export function responseFailure(status: number, headers: RefusalHeaders): Failure | undefined {
  const { wafAction, location = "nowhere" } = headers;
  if (wafAction !== undefined) return wafFailure(status, wafAction);
  if (status >= 200 && status < 300 && status !== ACCEPTED) return undefined;
  const code = `HTTP ${status}`;
  if (status === ACCEPTED) {
    const detail = "the origin accepted the request and did not send the object; retry when it responds with HTTP 200";
    return { reason: "not_cacheable", code, detail };
  }
  if (status >= 300 && status < 400)
    return { reason: "redirect", code, detail: cutText(`redirects to ${location}`, MAX_ERROR) };
  if (status >= 400 && status < 500) return { reason: "http_4xx", code };
  return { reason: status >= 500 && status < 600 ? "http_5xx" : "other", code };
}

/** Whether the same request may be answered otherwise later: the server failed, was waited for too long, or was asked too often. */
export function isRetryable(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** The failure of a task that never got a result. @param queuedTimes how often it was queued in all */
export function lostFailure(queuedTimes: number): Failure {
  return {
    reason: "lost",
    code: "lost",
    detail: `no agent finished it, though it was queued ${queuedTimes} times`,
  };
}

/** The headers of an answer that say whether it may be kept. */
export interface CacheHeaders {
  readonly cacheControl?: string | undefined;
  readonly vary?: string | undefined;
}

/** Why an object that was downloaded whole is likely not kept. A minimum TTL of the distribution can overrule headers: so "may". */
export function notKept(reason: NotKeptReason, headers: CacheHeaders): Failure {
  return { reason: "not_kept", code: "NOT_KEPT", detail: likelyReason(reason, headers) };
}

/** What in an answer's headers may keep it out of a cache; undefined: nothing does. */
export function uncacheableHeader({ cacheControl, vary }: CacheHeaders): string | undefined {
  const directives = cacheControl?.split(",").map((it) => it.trim()) ?? [];
  // A cache that is shared goes by s-maxage, whatever max-age says: `max-age=0, s-maxage=3600` is kept at the edge alone.
  const ownAge = directives.some((it) => /^s-maxage=0*[1-9]/i.test(it));
  const directive = directives.find((it) => NEVER_KEPT.test(it) && !(ownAge && /^max-age\b/i.test(it)));
  if (directive !== undefined) return `Cache-Control: ${directive.slice(0, 80)}`;
  return vary?.trim() === "*" ? "Vary: *" : undefined;
}

const NEVER_KEPT = /^(?:no-store|no-cache|private|max-age=0+|s-maxage=0+)\b/i;

function likelyReason(reason: NotKeptReason, headers: CacheHeaders): string {
  const header = uncacheableHeader(headers);
  if (reason === "EXPIRES_AT_ONCE") {
    const because = header === undefined ? "" : ` (${header})`;
    return `the POP keeps the object, but it expires immediately${because}, so each request reaches the origin`;
  }
  if (header !== undefined)
    return `the check after the last download was a miss; the response has ${header}, so caches may not store the object`;
  return "the check after the last download was a miss. The response headers allow caching, so check the cache policy; the object may also have been evicted";
}

/**
 * The header that AWS WAF adds to the response of a Challenge action (HTTP 202) and of a CAPTCHA action (HTTP 405). The body is
 * empty unless the request accepts `text/html`. The origin does not receive the request. A Block action (HTTP 403 by default)
 * does not add it. https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html
 */
export const WAF_ACTION_HEADER = "x-amzn-waf-action";

/** What helps a client that runs no JavaScript: it cannot acquire the token that AWS WAF wants. */
export const ALLOW_BY_HEADER = 'add a rule that allows requests with a secret header, and send that header in "header"';

const ACTIONS = new Map([
  ["challenge", { code: "WAF_CHALLENGE", name: "a challenge" }],
  ["captcha", { code: "WAF_CAPTCHA", name: "a CAPTCHA" }],
]);
const UNKNOWN_ACTION = { code: "WAF_ACTION", name: "an action" };

/** Values that are quoted. Any server can send the header, so a text that is longer or has other characters is left out. */
const QUOTABLE = /^[\w-]{1,40}$/;

/**
 * What AWS WAF answered, as a code and in words: `a challenge (HTTP 202, x-amzn-waf-action: challenge)`.
 * @param status of the response
 * @param action value of {@link WAF_ACTION_HEADER}
 */
export function wafAnswer(status: number, action: string): { readonly code: string; readonly text: string } {
  const value = action.toLowerCase();
  const { code, name } = ACTIONS.get(value) ?? UNKNOWN_ACTION;
  const header = QUOTABLE.test(value) ? `${WAF_ACTION_HEADER}: ${value}` : WAF_ACTION_HEADER;
  return { code, text: `${name} (HTTP ${status}, ${header})` };
}

/** The failure of a response that AWS WAF sent instead of the object. Its parameters are those of {@link wafAnswer}. */
function wafFailure(status: number, action: string): Failure {
  const { code, text } = wafAnswer(status, action);
  return { reason: "waf", code, detail: `AWS WAF answered with ${text} instead of the object; ${ALLOW_BY_HEADER}` };
}
