/** Paths that are invalidated in one call. */
export interface InvalidationBatch {
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
