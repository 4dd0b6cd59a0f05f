import type { Progress, Retrying } from "../../client/answers.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { useReader } from "../session/reader.ts";
import { warningInChinese } from "../words/api-chinese.ts";
import { useReasonWords } from "./failures.tsx";

/** What is counted by warnings that are not about tasks. */
const COUNTED: ReadonlyMap<string, "urlCount" | "instanceCount"> = new Map([
  ["may_not_be_kept", "urlCount"],
  ["skipped_uncached", "urlCount"],
  ["no_capacity", "instanceCount"],
]);

/** What is not wrong, and may not be what was meant; and tasks that wait for their next attempt. */
export function Warnings({ request }: { readonly request: Pick<Progress, "warnings" | "retrying"> }) {
  const { say, count, preferences } = useReader();
  const { warnings, retrying = [] } = request;
  const chinese = (code: string) => (preferences.language === "zh" ? warningInChinese(code) : undefined);
  if (warnings.length + retrying.length === 0) return null;
  return (
    <section>
      <h2>{say("warningsTitle")}</h2>
      <ul class="warnings">
        {retrying.map((row) => (
          <RetryingRow key={row.code} row={row} />
        ))}
        {warnings.map(({ code, count: counted, message, examples }) => (
          <li key={code}>
            <strong>{count(COUNTED.get(code) ?? "taskCount", counted)}</strong> · {chinese(code) ?? message}
            {examples.length === 0 ? null : <div class="quiet small break">{examples.join(" · ")}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function RetryingRow({ row }: { readonly row: Retrying }) {
  const { say, count, formats } = useReader();
  const { title } = useReasonWords(row.code);
  const time = formats.clock(parseTimestamp(row.next_attempt_by));
  return (
    <li>
      <strong>{count("taskCount", row.tasks)}</strong> · {say("retryingUntil", { reason: title, time })}
      {row.examples.map(({ url, variant, pop, error }) => (
        <div key={`${pop} ${variant} ${url}`} class="quiet small break">
          {[error, pop, variant, url].filter((it) => it !== undefined).join(" · ")}
        </div>
      ))}
    </li>
  );
}
