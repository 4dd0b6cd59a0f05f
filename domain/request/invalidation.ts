/**
 * What CloudFront takes as the path of an invalidation:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */

/** Under which path an object is invalidated, or why it cannot be. */
export type InvalidationPath = { readonly path: string } | { readonly problem: string };

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
export function invalidationPath(url: URL): InvalidationPath {
  const path = (url.pathname + url.search).replaceAll(UNSAFE, percentEncoded);
  if (path.length > MAX_INVALIDATION_PATH)
    return {
      problem: `has a path of ${path.length} characters; CloudFront invalidates at most ${MAX_INVALIDATION_PATH}`,
    };
  // Encoded, it would be another object's path.
  if (path.endsWith("*"))
    return { problem: "ends in *, with which CloudFront would invalidate everything that begins like it" };
  return { path };
}

/**
 * Whether it is not sure that an object is invalidated. A raw `~` is refused, and AWS's page says to encode it. Some tools do
 * that and are content; one report says that the encoded path is taken and nothing happens:
 * https://github.com/aws/aws-sdk/issues/525. Untried on AWS.
 */
export function isDoubtful(url: URL): boolean {
  return (url.pathname + url.search).includes("~");
}

/** `encodeURIComponent` leaves `~` as it is. All of these are ASCII. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

const PLAIN = /[\w/.?=&%-]/g;

/** The paths of a refused batch that most likely led to it, the likeliest first: CloudFront does not say which it was. */
export function likelyRefused(paths: readonly string[], most: number): string[] {
  const oddness = (path: string) => path.replaceAll(PLAIN, "").length;
  const byOddness = paths.map((path) => ({ path, odd: oddness(path) })).sort((a, b) => b.odd - a.odd);
  return byOddness.slice(0, most).map(({ path }) => path);
}

/**
 * What became of an invalidation: its id once it has started; `busy` when CloudFront takes none now, because too many are
 * in progress or too many calls came; `refused` with what it said when it will never take this one.
 */
export type Invalidation = { readonly id: string } | { readonly busy: true } | { readonly refused: string };

/** Paths that are invalidated in one call. */
export interface InvalidationBatch {
  /** Of a distribution tenant, the tenant's. */
  readonly distributionId: string;
  readonly paths: readonly string[];
}

/** So small that a place in the quota is used again soon. */
export const BATCH_PATHS = 500;

/**
 * Of the 3,000 paths that a distribution may have in progress. The rest is left for what others invalidate meanwhile:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
 */
export const MAX_PATHS_IN_PROGRESS = 2_500;

/** Divides each distribution's paths. The same paths make the same batches in the same order, whatever order they came in. */
export function inBatches(paths: ReadonlyMap<string, ReadonlySet<string>>): InvalidationBatch[] {
  return [...paths].flatMap(([distributionId, set]) => {
    const all = [...set].sort();
    return Array.from({ length: Math.ceil(all.length / BATCH_PATHS) }, (_, i) => ({
      distributionId,
      paths: all.slice(i * BATCH_PATHS, (i + 1) * BATCH_PATHS),
    }));
  });
}

/** Whether a batch may be started beside those that are in progress: what a distribution has in progress is counted. */
export function mayStart(batch: InvalidationBatch, inProgress: readonly InvalidationBatch[]): boolean {
  const paths = inProgress
    .filter(({ distributionId }) => distributionId === batch.distributionId)
    .reduce((sum, other) => sum + other.paths.length, 0);
  return paths + batch.paths.length <= MAX_PATHS_IN_PROGRESS;
}
