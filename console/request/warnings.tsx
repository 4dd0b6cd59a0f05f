import type { Progress } from "../../client/answers.ts";
import { useReader } from "../session/reader.ts";
import { warningInChinese } from "../words/api-chinese.ts";

/** What is counted by warnings that are not about tasks. */
const COUNTED: ReadonlyMap<string, "urlCount" | "instanceCount"> = new Map([
  ["may_not_be_kept", "urlCount"],
  ["skipped_uncached", "urlCount"],
  ["no_capacity", "instanceCount"],
]);

/** What is not wrong, and may not be what was meant. */
export function Warnings({ warnings }: Pick<Progress, "warnings">) {
  const { say, count, preferences } = useReader();
  const chinese = (code: string) => (preferences.language === "zh" ? warningInChinese(code) : undefined);
  if (warnings.length === 0) return null;
  return (
    <section>
      <h2>{say("warningsTitle")}</h2>
      <ul class="warnings">
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
