import { builtStyle } from "./built-style.ts";
import { type Answers, readReport } from "./report.ts";
import { reportHtml } from "./report-html.tsx";

/** The report page of what the command knows, as one HTML file. @throws ZodError for answers that make no sense */
export function pageOf({ progress, summary, language, ...files }: Answers): string {
  return reportHtml({ ...readReport(progress, summary), ...files }, { language, style: builtStyle() });
}
