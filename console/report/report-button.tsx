import type { Progress } from "../../client/answers.ts";
import { Icon } from "../parts/icon.tsx";
import { useAction } from "../parts/use-action.ts";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";

export const loadSaveReport = () => import("./save-report.ts");

/** Saves the report page. It has no timings: the page may not read the file of all results, which lies on another host. */
export function ReportButton({ request }: { readonly request: Progress }) {
  const { say, preferences } = useReader();
  const client = useClient();
  const { busy, problem, run } = useAction(async () => {
    const [{ saveReport }, { value: summary }] = await Promise.all([
      loadSaveReport(),
      client.summary(request.request_id),
    ]);
    saveReport({ request, summary }, preferences.language);
  });
  return (
    <>
      <button
        type="button"
        class="button report-button"
        title={say("reportSays")}
        disabled={busy}
        onClick={() => void run()}
      >
        <Icon name="download" />
        {say("reportPage")}
      </button>
      {problem === undefined ? null : (
        <span class="failed" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
