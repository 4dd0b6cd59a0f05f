/** An object that failed in one way, and where. */
export interface FailedObject {
  readonly url: string;
  readonly variant: string;
  readonly error: string;
  readonly pops: readonly string[];
}

/** Up to so many failed tasks are named on the page; of more, the file that has them is named. */
export const MAX_FAILED = 2_000;

export function countTasks(failed: readonly FailedObject[]): number {
  return failed.reduce((sum, { pops }) => sum + pops.length, 0);
}
