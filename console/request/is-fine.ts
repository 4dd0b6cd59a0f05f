import type { Failure, Progress, Summary } from "../../client/answers.ts";

/** Whether nothing is to be told: that is known with the summary alone, which has what got no tasks. */
export function isFine(
  { status, total_count, download_count }: Pick<Progress, "status" | "total_count" | "download_count">,
  summary: Summary | undefined,
  failures: readonly Failure[],
): boolean {
  if (summary === undefined || status !== "FINISHED") return false;
  const left = summary.failure_urls.length + summary.failure_pops.length;
  return failures.length === 0 && left === 0 && download_count >= total_count;
}
