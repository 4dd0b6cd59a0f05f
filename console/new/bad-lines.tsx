import { useFormReader } from "../words/form-reader.ts";
import type { BadLine } from "./url-lines.ts";
import { problemIn } from "./url-problem.ts";

const MOST = 200;

/** Every line that is no URL, and why. */
export function BadLines({ bad, onDrop }: { readonly bad: readonly BadLine[]; readonly onDrop: () => void }) {
  const { count, preferences } = useFormReader();
  if (bad.length === 0) return null;
  return (
    <details class="bad-lines" open={bad.length <= 3}>
      <summary class="failed">{count("badLines", bad.length)}</summary>
      <ul>
        {bad.slice(0, MOST).map(({ line, text, problem }) => (
          <li key={line}>
            <span class="quiet">{line}</span> <code class="break">{text.slice(0, 200)}</code>{" "}
            <span>{problemIn(problem, preferences.language)}</span>
          </li>
        ))}
      </ul>
      {bad.length > MOST ? <p class="quiet">{count("andMore", bad.length - MOST)}</p> : null}
      <button type="button" class="button" onClick={onDrop}>
        {count("dropBad", bad.length)}
      </button>
    </details>
  );
}
