import type { Failure, Summary } from "../../client/answers.ts";
import { withoutQueries } from "../../domain/log-fields.ts";
import { reasonText, statusOfAll } from "../../domain/readiness/reasons.ts";
import { readReason } from "../../domain/result/failure.ts";
import { cleanLine } from "../output/clean.ts";
import { many } from "../output/figures.ts";
import type { Look } from "../output/look.ts";
import { wrapped } from "../output/wrapped.ts";

const INDENT = "    ";

/**
 * What went wrong in a request that has ended, each with what to do; nothing if all is good.
 * @param sentence of the request, which follows: an example that it has is left out
 */
export function summaryLines({ failures = [] }: Pick<Summary, "failures">, look: Look, sentence = ""): string[] {
  return failures.flatMap((it) => failureLines(it, look, sentence));
}

/** How often and where, examples, what to do. Of tasks one example: input failures have no line elsewhere. */
export function failureLines(failure: Failure, { paint, width }: Look, sentence = ""): string[] {
  const { code, subject, examples } = failure;
  const { title, next } = reasonText(readReason(code), "en", statusOfAll(failure));
  const isInSentence = ({ url = "", error = "" }: (typeof examples)[number]) =>
    sentence.includes(`${withoutQueries(url)} (${error.replace(/…$/, "")}`);
  const shown = (subject === "task" ? examples.slice(0, 1) : examples).filter((it) => !isInSentence(it));
  return [
    `${paint("red", "×")} ${title}: ${scopeOf(failure)}`,
    ...shown.flatMap((it) => wrapped(exampleOf(it), width, INDENT).map((line) => paint("dim", line))),
    ...wrapped(next, width, INDENT),
  ];
}

function scopeOf({ subject, tasks, urls, pops }: Failure): string {
  if (subject === "url") return `${many(urls ?? 0, "URL")} could not be read`;
  if (subject === "pop") return `${many(pops, "POP")} did not resolve`;
  const where = [...(urls ? [many(urls, "URL")] : []), many(pops, "POP")].join(" at ");
  return `${many(tasks, "task")}, ${where}`;
}

function exampleOf({ url, pop, error = "" }: Failure["examples"][number]): string {
  const what = [url, pop].filter((it) => it !== undefined).join(" at ");
  return cleanLine(`${what}: ${error}`);
}
