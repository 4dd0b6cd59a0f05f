import type * as z from "zod";
import { normalizeUrl } from "../net/urls.ts";
import { coverOf, invalidationPath } from "../request/invalidation.ts";
import { quoted } from "./api-error.ts";

/** Normalises the URLs of a body and drops duplicates. All invalid ones are one issue, which has them in its `params`. */
export function checkUrls(list: readonly string[], context: z.RefinementCtx): string[] {
  const urls = new Set<string>();
  const bad: BadUrl[] = [];
  for (const text of list) {
    const result = normalizeUrl(text);
    if ("url" in result) urls.add(result.url);
    else bad.push({ url: text, problem: result.problem });
  }
  if (bad.length > 0) {
    const message = `${describeBadUrls(bad, list, "are invalid")}. Use absolute http:// or https:// URLs`;
    context.addIssue({ code: "custom", message, params: { urls: bad.map(({ url }) => url) } });
  }
  return [...urls];
}

interface BadUrl {
  readonly url: string;
  readonly problem: string;
}

/** One bad URL with its reason. Of several, how many there are, and the reason of the first: the others may have other reasons. */
function describeBadUrls([first, ...others]: readonly BadUrl[], all: readonly string[], what: string): string {
  if (first === undefined) return "";
  if (others.length === 0) return `${quoted(first.url)} ${first.problem}`;
  return `${others.length + 1} of ${all.length} URLs ${what} (see error_urls). The first, ${quoted(first.url)}, ${first.problem}`;
}

/**
 * Checked before anything is started: the step that invalidates could only end the request.
 * @param covering paths and patterns that are invalidated anyway
 * @returns the URLs that cannot be
 */
export function checkPaths(urls: readonly string[], covering: readonly string[], problems: string[]): string[] {
  const isCovered = coverOf(covering);
  const bad = urls.flatMap((text) => {
    const url = new URL(text);
    const answer = invalidationPath(url);
    return "problem" in answer && !isCovered(url) ? [{ url: text, problem: answer.problem }] : [];
  });
  if (bad.length === 0) return [];
  const what = describeBadUrls(bad, urls, "cannot be invalidated");
  problems.push(`need_invalidate: ${what}. Send such URLs in a request without need_invalidate`);
  return bad.map(({ url }) => url);
}
