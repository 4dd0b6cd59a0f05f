import { wordsOf } from "../../domain/readiness/reasons.ts";
import type { Failures, Progress } from "../api/answers.ts";
import { count } from "../output/figures.ts";
import { pad } from "../output/table.ts";
import type { Glyphs } from "./glyphs.ts";
import { ROOMY } from "./head.ts";
import { joined, type Line, span, widthOf } from "./spans.ts";

/** So many reasons, and so many warnings, have a line. */
const MOST = 3;

/** What failed so far, by reason: how often, what, where, and how it looks. */
export function failureLines(failures: Failures | undefined, width: number, { times }: Glyphs): Line[] {
  const shown = (failures ?? []).slice(0, MOST);
  if (width < ROOMY) return shown.length === 0 ? [] : [side(shown, width, times)];
  const titles = shown.map(({ code }) => wordsOf(code, "en").title);
  const wide = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const counts = shown.map(({ tasks }) => count(tasks));
  return shown.map((failure, i) => [
    span(`${times} `, "red"),
    span(pad(counts[i] ?? "", wide(counts), "right"), ["bold", "red"]),
    span(`  ${pad(titles[i] ?? "", wide(titles))}    ${pad(placeOf(failure), wide(shown.map(placeOf)))}   `),
    span(failure.examples[0]?.error ?? failure.examples[0]?.url ?? "", "dim"),
  ]);
}

/** Beside each other, as many as fit. */
function side(failures: Failures, width: number, times: string): Line {
  const all = failures.map(
    (it): Line => [
      span(`${times} ${count(it.tasks)}`, "red"),
      span(` ${wordsOf(it.code, "en").title}: ${placeOf(it)}`),
    ],
  );
  for (let most = all.length; most > 1; most--) {
    const line = joined(all.slice(0, most), "     ");
    if (widthOf(line) <= width) return line;
  }
  return all[0] ?? [];
}

function placeOf({ pops, examples }: Failures[number]): string {
  const pop = examples[0]?.pop ?? "";
  return pops > 1 ? `${pop} and ${count(pops - 1)} more` : pop;
}

export function warningLines({ warnings }: Pick<Progress, "warnings">): Line[] {
  return warnings.slice(0, MOST).map((it) => [span("! ", "yellow"), span(`${count(it.count)}: ${it.message}`)]);
}
