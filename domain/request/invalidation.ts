/**
 * What CloudFront takes as the path and as the tag of an invalidation:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html
 */
import * as z from "zod";
import { MAX_TAG_LENGTH } from "../limits.ts";
import { normalizeUrl } from "../net/urls.ts";

/** What a request invalidates in each of its distributions, whatever its URLs are. One of the lists may be empty. */
export const pathsAndTagsSchema = z.object({
  /** As {@link pathOrPattern} spells them, each once. */
  paths: z.array(z.string()),
  /** Without the `#` that marks a tag in a call. Upper and lower case are the same to CloudFront. */
  tags: z.array(z.string()),
});
export type PathsAndTags = z.infer<typeof pathsAndTagsSchema>;

/** Of a request: what is invalidated before it downloads anything. */
export interface InvalidationOptions {
  /** Whether its URLs are. */
  readonly need_invalidate: boolean;
  /** Absent: nothing else. */
  readonly invalidate?: PathsAndTags | undefined;
}

/** The fields of a request that ask for an invalidation, as its messages name them. Empty: it asks for none. */
export function invalidatingFields({ need_invalidate, invalidate }: InvalidationOptions): string {
  return [need_invalidate && "need_invalidate", invalidate !== undefined && "invalidate"].filter(Boolean).join(" and ");
}

/** Under which path an object is invalidated, or why it cannot be. */
export type PathOrProblem = { readonly path: string } | { readonly problem: string };

/** Longer ones are refused. */
export const MAX_INVALIDATION_PATH = 4_000;

/**
 * RFC 1738's unsafe characters, as far as a normalised URL may still have them. CloudFront wants these percent-encoded, and
 * nothing else: any other character that is encoded makes the path that of another object. `%` is left out, because it
 * begins what is encoded already.
 */
const UNSAFE = /[<>"{}|\\^~[\]`]/g;

/**
 * The path of one object, with its query, which is part of what is cached.
 * @param url as `normalizeUrl` spells it; http and https are one object
 */
export function invalidationPath(url: URL): PathOrProblem {
  const path = spelledPath(url);
  if (path.length > MAX_INVALIDATION_PATH) return tooLong(path);
  // Encoded, it would be another object's path.
  if (isPattern(path)) return { problem: "ends in *, so CloudFront would invalidate every path with this beginning" };
  return { path };
}

/** The path of one object or, with `*` at its end, of all that begin like it: spelled as the paths of a request's URLs are. */
export function pathOrPattern(text: string): PathOrProblem {
  if (!text.startsWith("/"))
    return { problem: "must begin with /; it is a path in each distribution of the request, such as /patch/*" };
  if (text.includes("#")) return { problem: "has a #, which is not part of a path; list cache tags in tags" };
  if (/\*./s.test(text))
    return { problem: "has a * before its end; CloudFront accepts the wildcard * only at the end of a path" };
  const normalized = normalizeUrl(`https://any.example${text}`);
  if ("problem" in normalized) return normalized;
  const path = spelledPath(new URL(normalized.url));
  return path.length > MAX_INVALIDATION_PATH ? tooLong(path) : { path };
}

/** Whether a path ends in CloudFront's wildcard. */
export function isPattern(path: string): boolean {
  return path.endsWith("*");
}

/** What tells whether one of these paths and patterns invalidates the object of a URL. */
export function coverOf(paths: readonly string[]): (url: URL) => boolean {
  if (paths.length === 0) return () => false;
  const exact = new Set(paths);
  const prefixes = paths.filter(isPattern).map((path) => path.slice(0, -1));
  return (url) => {
    const path = spelledPath(url);
    return exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix));
  };
}

/** Which of these paths and patterns invalidate the object of none of the URLs. */
export function coveringNone(paths: readonly string[], urls: readonly string[]): string[] {
  const own = [...new Set(urls.map((url) => spelledPath(new URL(url))))];
  const exact = new Set(own);
  return paths.filter((path) =>
    isPattern(path) ? !own.some((it) => it.startsWith(path.slice(0, -1))) : !exact.has(path),
  );
}

/** Why CloudFront would not take a tag; undefined: it would. Prewarm adds the `#`. */
export function tagProblem(tag: string): string | undefined {
  if (tag.length <= MAX_TAG_LENGTH && /^(?!#)[\x21-\x7e]+$/.test(tag) && !/[,*]/.test(tag)) return undefined;
  return `must have 1 to ${MAX_TAG_LENGTH} visible ASCII characters, no comma and no *, and no # at its beginning`;
}

/** The path of a URL and its query, as CloudFront wants them in an invalidation. */
export function spelledPath({ pathname, search }: URL): string {
  return (pathname + search).replaceAll(UNSAFE, percentEncoded);
}

function tooLong({ length }: string): { readonly problem: string } {
  return { problem: `has a path of ${length} characters; CloudFront invalidates at most ${MAX_INVALIDATION_PATH}` };
}

/** `encodeURIComponent` leaves `~` as it is. All of these are ASCII. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/**
 * What became of an invalidation: its id once it has started; `busy` with what CloudFront said when it takes none now, because too
 * many are in progress or it is overloaded; `refused` with what it said when it will never take this one.
 */
export type CreateInvalidationResult =
  | { readonly id: string }
  | { readonly busy: string }
  | { readonly refused: string };

/** What is invalidated in one call: paths, patterns, and tags with `#` before each. */
export interface InvalidationBatch {
  /** Of a distribution tenant, the tenant's. */
  readonly distributionId: string;
  readonly paths: readonly string[];
}

/** The entries of a request's own in a call. */
export function entriesOf({ paths, tags }: PathsAndTags): string[] {
  return [...paths, ...tags.map((tag) => `#${tag}`)];
}

/** So small that a place in the quota is used again soon. */
export const BATCH_PATHS = 500;
/** Of wildcards. CloudFront takes a batch whole: one of 15 would wait until no other wildcard is in progress. */
export const BATCH_WILDCARDS = 5;

/**
 * Of the 3,000 paths that a distribution may have in progress. The rest is left for what others invalidate meanwhile:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
export const MAX_PATHS_IN_PROGRESS = 2_500;

/**
 * Divides each distribution's paths, wildcards first. The same paths make the same batches in the same order, whatever order they came
 * in.
 */
export function inBatches(paths: ReadonlyMap<string, ReadonlySet<string>>): InvalidationBatch[] {
  return [...paths].flatMap(([distributionId, set]) => {
    const all = [...set].sort();
    const batches = [
      ...inChunks(all.filter(isPattern), BATCH_WILDCARDS),
      ...inChunks(
        all.filter((path) => !isPattern(path)),
        BATCH_PATHS,
      ),
    ];
    return batches.map((some) => ({ distributionId, paths: some }));
  });
}

function inChunks(all: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/**
 * Whether a batch may be started beside those that are in progress: what a distribution has in progress is counted. Wildcards have a
 * quota of their own, which no request exceeds.
 */
export function mayStart(batch: InvalidationBatch, inProgress: readonly InvalidationBatch[]): boolean {
  const paths = inProgress
    .filter(({ distributionId }) => distributionId === batch.distributionId)
    .reduce((sum, other) => sum + other.paths.length, 0);
  return paths + batch.paths.length <= MAX_PATHS_IN_PROGRESS;
}
