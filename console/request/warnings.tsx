import type { Progress } from "../../client/answers.ts";
import { useReader } from "../session/reader.ts";
import { warningInChinese } from "../words/api-chinese.ts";

/** What is not wrong, and may not be what was meant. */
export function Warnings({ warnings }: Pick<Progress, "warnings">) {
  const { say, formats, preferences } = useReader();
  const chinese = (code: string) => (preferences.language === "zh" ? warningInChinese(code) : undefined);
  if (warnings.length === 0) return null;
  return (
    <section>
      <h2>{say("warningsTitle")}</h2>
      <ul class="warnings">
        {warnings.map(({ code, count, message, examples }) => (
          <li key={code}>
            <strong>{formats.count(count)}</strong> {chinese(code) ?? message}
            {examples.length === 0 ? null : <div class="quiet small break">{examples.join(" · ")}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
}
