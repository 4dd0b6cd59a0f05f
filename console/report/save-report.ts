import type { Language } from "../../domain/format.ts";
import { saveFile } from "../parts/save-file.ts";
import { builtStyle } from "./built-style.ts";
import type { Report } from "./report.ts";
import { reportFileName, reportHtml } from "./report-html.tsx";

/** Makes the report page and saves it as a file. It stands apart, to be fetched when it is needed first. */
export function saveReport(report: Report, language: Language): void {
  const html = reportHtml(report, { language, style: builtStyle() });
  saveFile(reportFileName(report.request.request_id), html, "text/html");
}
