import { wordsOf } from "../../domain/readiness/reasons.ts";
import type { Failures, Summary } from "../api/answers.ts";
import { cleanLine } from "../output/clean.ts";
import { many } from "../output/figures.ts";
import type { Look } from "../output/look.ts";
import { wrapped } from "../output/wrapped.ts";

const INDENT = "    ";

/** So many names are shown of a list. */
const MOST = 5;

/** What went wrong in a request that has ended, each with what to do; nothing if all is good. */
export function summaryLines(
  {
    failures,
    failure_pops,
    failure_urls,
    failure_urls_omitted,
  }: Pick<Summary, "failures" | "failure_pops" | "failure_urls" | "failure_urls_omitted">,
  look: Look,
): string[] {
  return [
    ...(failures ?? []).flatMap((it) => failureLines(it, look)),
    ...named("did not resolve", many(failure_pops.length, "POP"), failure_pops, 0, look),
    ...named(
      "could not be read",
      many(failure_urls.length + failure_urls_omitted, "URL"),
      failure_urls,
      failure_urls_omitted,
      look,
    ),
  ];
}

/** Three lines: how often and where, an example, what to do. */
export function failureLines(
  { code, tasks, pops, urls, examples }: Failures[number],
  { paint, width }: Look,
): string[] {
  const { title, next } = wordsOf(code, "en");
  const scope = [...(urls ? [many(urls, "URL")] : []), many(pops, "POP")].join(" at ");
  const [first] = examples;
  const example = first === undefined ? "" : cleanLine(`${first.url} at ${first.pop}: ${first.error ?? ""}`);
  return [
    `${paint("red", "×")} ${title}: ${many(tasks, "task")}, ${scope}`,
    ...(example === "" ? [] : wrapped(example, width, INDENT).map((line) => paint("dim", line))),
    ...wrapped(next, width, INDENT),
  ];
}

function named(what: string, howMany: string, names: readonly string[], omitted: number, { paint }: Look): string[] {
  if (names.length === 0) return [];
  const more = Math.max(0, names.length - MOST) + omitted;
  const shown = names.slice(0, MOST).map(cleanLine).join(", ");
  return [`${paint("red", "×")} ${howMany} ${what}: ${shown}${more > 0 ? ` and ${more} more` : ""}`];
}
