import type { Progress, Summary } from "../../client/answers.ts";
import { Icon } from "../parts/icon.tsx";
import { ReportButton } from "../report/report-button.tsx";
import { useReader } from "../session/reader.ts";
import { reportLink } from "./report-link.ts";

interface FilesProps {
  readonly request: Progress;
  readonly summary: Summary;
}

/** The report page, and links to the deployment's own bucket, and to nowhere else. */
export function Files({ request, summary }: FilesProps) {
  const { say } = useReader();
  const failed = reportLink(summary.failure_pop_urls_report, location.hostname);
  const all = summary.results_url == null ? null : reportLink(summary.results_url, location.hostname);
  return (
    <p class="files">
      <strong>{say("files")}</strong>
      <ReportButton request={request} isLink />
      {failed === undefined ? (
        <span class="failed">{say("linkRefused")}</span>
      ) : (
        <a href={failed} rel="noreferrer" download>
          <Icon name="download" /> {say("failedRows")}
        </a>
      )}
      {all === null || all === undefined ? null : (
        <a href={all} rel="noreferrer" download>
          <Icon name="download" /> {say("allRows")}
        </a>
      )}
      <span class="fill" />
      <span class="quiet small">{say("linksLast")}</span>
    </p>
  );
}
