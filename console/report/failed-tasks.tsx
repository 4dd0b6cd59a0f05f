import { shortId } from "../../client/request-ids.ts";
import { useReader } from "../session/reader.ts";
import { countTasks, type FailedObject, MAX_FAILED } from "./failed-objects.ts";
import type { Report } from "./report.ts";

/** Each failed task by its object; of too many the file that has them, by the command: a link to it would expire. */
export function FailedTasks({ request, failed }: Pick<Report, "request" | "failed">) {
  const { say, count } = useReader();
  if (request.failed_count === 0) return null;
  const tasks = countTasks(failed ?? []);
  return (
    <section class="report-part">
      <h2>{say("failedTasksTitle")}</h2>
      {failed !== undefined && tasks > 0 && tasks <= MAX_FAILED ? (
        <FailedTable failed={failed} prefix={request.url_prefix} />
      ) : (
        <p class="csv">
          {count("failedInCsv", request.failed_count)}{" "}
          <code>{`prewarm report ${shortId(request.request_id)} --failed -o failed.csv`}</code>
        </p>
      )}
    </section>
  );
}

interface FailedTableProps {
  readonly failed: readonly FailedObject[];
  /** What the title says of all URLs already. */
  readonly prefix: string;
}

function FailedTable({ failed, prefix }: FailedTableProps) {
  const { say } = useReader();
  return (
    <table class="failed-tasks">
      <thead>
        <tr>
          <th scope="col">{say("object")}</th>
          <th scope="col">{say("whatWentWrong")}</th>
          <th scope="col">{say("pops")}</th>
        </tr>
      </thead>
      <tbody>
        {failed.map(({ url, variant, error, pops }) => (
          <tr key={`${url} ${variant} ${error}`}>
            <td>
              <code class="break">{url.startsWith(prefix) ? `…${url.slice(prefix.length)}` : url}</code> {variant}
            </td>
            <td>{error}</td>
            <td>{pops.join(", ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
