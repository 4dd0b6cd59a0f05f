import type { Failure, Progress, Summary } from "../../client/answers.ts";

/** Whether nothing is to be told: that is known with the summary alone, which has what got no tasks. */
export function isFine(
  {
    status,
    total_count,
    download_count,
    readiness,
  }: Pick<Progress, "status" | "total_count" | "download_count" | "readiness">,
  summary: Summary | undefined,
  failures: readonly Failure[],
): boolean {
  if (summary === undefined || status !== "FINISHED") return false;
  if ((readiness?.regional_tasks ?? 0) > 0) return false;
  const left = summary.failure_urls.length + summary.failure_pops.length;
  return failures.length === 0 && left === 0 && download_count >= total_count;
}
