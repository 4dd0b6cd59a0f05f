import type { Failure } from "./failure.ts";

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
export function wafFailure(status: number, action: string): Failure {
  const { code, text } = wafAnswer(status, action);
  return { reason: "waf", code, detail: `AWS WAF answered with ${text} instead of the object; ${ALLOW_BY_HEADER}` };
}
