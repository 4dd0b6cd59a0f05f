import { wordsOf } from "../../domain/readiness/reasons.ts";
import type { Failures, Summary } from "../api/answers.ts";
import { cleanLine } from "../output/clean.ts";
import { many } from "../output/figures.ts";
import type { Look } from "../output/look.ts";
import { wrapped } from "../output/wrapped.ts";

const INDENT = "    ";

/** What went wrong in a request that has ended, each with what to do; nothing if all is good. */
export function summaryLines({ failures }: Pick<Summary, "failures">, look: Look): string[] {
  return (failures ?? []).flatMap((it) => failureLines(it, look));
}

/** How often and where, examples, what to do. Of tasks one example: what has no tasks has no line elsewhere. */
export function failureLines(failure: Failures[number], { paint, width }: Look): string[] {
  const { code, subject, examples } = failure;
  const { title, next } = wordsOf(code, "en");
  const shown = subject === "task" ? examples.slice(0, 1) : examples;
  return [
    `${paint("red", "×")} ${title}: ${scopeOf(failure)}`,
    ...shown.flatMap((it) => wrapped(exampleOf(it), width, INDENT).map((line) => paint("dim", line))),
    ...wrapped(next, width, INDENT),
  ];
}

function scopeOf({ subject, tasks, urls, pops }: Failures[number]): string {
  if (subject === "url") return `${many(urls ?? 0, "URL")} could not be read`;
  if (subject === "pop") return `${many(pops, "POP")} did not resolve`;
  const where = [...(urls ? [many(urls, "URL")] : []), many(pops, "POP")].join(" at ");
  return `${many(tasks, "task")}, ${where}`;
}

function exampleOf({ url, pop, error = "" }: Failures[number]["examples"][number]): string {
  const what = [url, pop].filter((it) => it !== undefined).join(" at ");
  return cleanLine(`${what}: ${error}`);
}
