import type { Summary } from "../../client/answers.ts";
import { Icon } from "../parts/icon.tsx";
import { useReader } from "../session/reader.ts";
import { reportLink } from "./report-link.ts";

/** Links to the deployment's own bucket, and to nowhere else. */
export function Files({ summary }: { readonly summary: Summary }) {
  const { say } = useReader();
  const failed = reportLink(summary.failure_pop_urls_report, location.hostname);
  const all = summary.results_url == null ? null : reportLink(summary.results_url, location.hostname);
  return (
    <p class="files">
      <strong>{say("files")}</strong>
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
