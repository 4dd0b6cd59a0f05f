import type * as z from "zod";
import { firstOf } from "../collections.ts";
import { MAX_INVALIDATE_CHARACTERS, MAX_INVALIDATE_ENTRIES, MAX_WILDCARDS } from "../limits.ts";
import { coveringNone, isPattern, type PathsAndTags, pathOrPattern, tagProblem } from "../request/invalidation.ts";
import { quoted } from "./api-error.ts";

/** Spells the paths of `invalidate` as CloudFront wants them, each once. Those that a pattern of the list covers are left out. */
export function checkInvalidatedPaths(list: readonly string[], context: z.RefinementCtx): string[] {
  const paths = new Set<string>();
  for (const text of list) {
    const answer = pathOrPattern(text);
    if ("path" in answer) paths.add(answer.path);
    else context.addIssue(`${quoted(text)} ${answer.problem}`);
  }
  if (list.length === 0) context.addIssue("must have at least one path; leave it out for none");
  const kept = withoutCovered([...paths]);
  const wildcards = kept.filter(isPattern).length;
  if (wildcards > MAX_WILDCARDS)
    context.addIssue(
      `has ${wildcards} paths with a wildcard; CloudFront accepts ${MAX_WILDCARDS} of them at a time in a distribution. ` +
        "Combine some under a shorter beginning: each costs the same, regardless of how much it matches",
    );
  return kept;
}

/** A path that a pattern covers would cost once more, and change nothing. */
function withoutCovered(paths: readonly string[]): string[] {
  const prefixes = paths.filter(isPattern).map((pattern) => pattern.slice(0, -1));
  return paths.filter((path) => {
    const own = isPattern(path) ? path.slice(0, -1) : path;
    return !prefixes.some((prefix) => own.startsWith(prefix) && `${prefix}*` !== path);
  });
}

/** Each tag once, whatever its case. */
export function checkTags(list: readonly string[], context: z.RefinementCtx): string[] {
  const tags = new Map(list.map((tag) => [tag.toLowerCase(), tag]));
  for (const tag of list) {
    const problem = tagProblem(tag);
    if (problem !== undefined) context.addIssue(`${quoted(tag)} ${problem}`);
  }
  if (list.length === 0) context.addIssue("must have at least one tag; leave it out for none");
  return [...tags.values()];
}

/** Both lists together. */
export function checkInvalidate(
  { paths = [], tags = [] }: { readonly paths?: string[] | undefined; readonly tags?: string[] | undefined },
  context: z.RefinementCtx,
): PathsAndTags {
  const entries = [...paths, ...tags];
  const characters = entries.reduce((sum, { length }) => sum + length, 0);
  if (entries.length === 0) context.addIssue("must have paths or tags; leave it out to invalidate nothing");
  if (entries.length > MAX_INVALIDATE_ENTRIES)
    context.addIssue(`has ${entries.length} paths and tags; at most ${MAX_INVALIDATE_ENTRIES} together`);
  if (characters > MAX_INVALIDATE_CHARACTERS)
    context.addIssue(`has paths and tags of ${characters} characters together; at most ${MAX_INVALIDATE_CHARACTERS}`);
  return { paths, tags };
}

/** @returns a warning of paths that cover none of the URLs: most likely they are spelled otherwise */
export function coverWarnings({ paths }: PathsAndTags, urls: readonly string[]): string[] {
  const idle = urls.length === 0 ? [] : coveringNone(paths, urls);
  if (idle.length === 0) return [];
  return [
    `invalidate.paths: ${firstOf(idle.map(quoted))} ${idle.length === 1 ? "matches" : "match"} none of the URLs in url_list, but CloudFront ` +
      "invalidates everything that matches. Check the spelling: paths are case-sensitive and include the query string of a URL",
  ];
}
