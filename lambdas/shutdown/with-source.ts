import type { GoodUrl } from "../../domain/plan/task.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { ReportedResult, ReportedTask } from "../../domain/result/report.ts";

/**
 * Adds to a result which source named its URL: `2 https://www.example.com/sitemap.xml`. One whose URL is of the caller's own
 * list stays as it is.
 */
export function withSource(
  { sources_read: sources = [] }: Pick<RequestItem, "sources_read">,
  urls: readonly GoodUrl[],
): (row: ReportedResult) => ReportedTask {
  const numbers = new Map(urls.flatMap(({ url, source }) => (source === undefined ? [] : [[url, source]])));
  if (numbers.size === 0) return (row) => row;
  return (row) => {
    const number = numbers.get(row.url);
    return number === undefined ? row : { ...row, source: `${number} ${sources[number - 1]?.from ?? ""}`.trimEnd() };
  };
}
