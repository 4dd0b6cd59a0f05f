import type { Failure, Progress } from "../../client/answers.ts";
import { duration } from "../../domain/durations.ts";
import { reasonText } from "../../domain/readiness/reasons.ts";
import { isOriginFailure, readReason } from "../../domain/result/failure.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { CUT_OFF } from "../direct/cut-off.ts";
import { count, many } from "../output/figures.ts";
import { pad } from "../output/table.ts";
import type { Glyphs } from "./glyphs.ts";
import { ROOMY } from "./head.ts";
import { joined, type Line, span, widthOf } from "./spans.ts";

/** So many reasons, and so many warnings, have a line. */
const MOST = 3;
/** So many objects are named. */
const MAX_OBJECTS = 2;

/** What failed so far, by reason: how often, what, where, and what it hit. Errors as they came are in the report. */
export function failureLines({ failures, pops }: Progress, width: number, { times }: Glyphs): Line[] {
  const shown = (failures ?? []).slice(0, MOST);
  const places = shown.map((it) => placeOf(it, pops.length));
  if (width < ROOMY) return side(shown, places, width, times);
  const titles = shown.map(({ code }) => reasonText(readReason(code), "en").title);
  const wide = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const counts = shown.map((it) => count(numberOf(it)));
  return shown.map((failure, i) => [
    span(`${times} `, "red"),
    span(pad(counts[i] ?? "", wide(counts), "right"), ["bold", "red"]),
    span(`  ${pad(titles[i] ?? "", wide(titles))}    ${pad(places[i] ?? "", wide(places))}   `),
    span(hitOf(failure), "dim"),
  ]);
}

/** Beside each other, as many as fit in a line. */
function side(failures: readonly Failure[], places: readonly string[], width: number, times: string): Line[] {
  const lines: Line[] = [];
  for (const [i, failure] of failures.entries()) {
    const { title } = reasonText(readReason(failure.code), "en");
    const hit = failure.subject === "url" ? span(`  ${hitOf(failure)}`, "dim") : span("");
    const one = [span(`${times} ${count(numberOf(failure))}`, "red"), span(` ${title}: ${places[i] ?? ""}`), hit];
    const last = lines.at(-1);
    const both = last === undefined ? one : joined([last, one], "     ");
    if (last !== undefined && widthOf(both) <= width) lines[lines.length - 1] = both;
    else lines.push(one);
  }
  return lines;
}

/** How many tasks, or URLs or POPs without tasks. */
function numberOf({ subject, tasks, urls, pops }: Failure): number {
  return { task: tasks, url: urls ?? 0, pop: pops }[subject];
}

/** @param all POPs of the request; 0: not told */
function placeOf({ subject, urls, pops, examples }: Failure, all: number): string {
  if (subject === "url") return urls === 1 ? "URL could not be read" : "URLs could not be read";
  if (pops > 1 && pops === all) return `at all ${many(pops, "POP")}`;
  const pop = examples[0]?.pop ?? "";
  return pops > 1 ? `${pop} and ${count(pops - 1)} more` : pop;
}

/** The status and the objects; nothing where it is the POP's failure, which hits any object. */
function hitOf({ code, subject, examples }: Failure): string {
  const [first] = examples;
  if (subject === "pop") return "did not resolve";
  if (readReason(code) === "other") return first?.error ?? "";
  if (subject === "task" && !isOriginFailure(readReason(code), false)) return "";
  const status = code.startsWith("http_") && first?.http_status !== undefined ? [`HTTP ${first.http_status}`] : [];
  const objects = [...new Set(examples.map(({ url = "" }) => objectOf(url)))].slice(0, MAX_OBJECTS).join(", ");
  return [...status, objects].join("  ");
}

/** The last part of its path, as far as it has one. */
function objectOf(url: string): string {
  const path = url.replace(/[?#].*$/, "").replace(/^\w+:\/\/[^/]*/, "");
  return path.split("/").at(-1) || path || url;
}

/** Tasks that wait for their next attempt, by reason: until when, and what the last attempt met. */
export function retryingLines({ retrying = [], timestamp }: Pick<Progress, "retrying" | "timestamp">): Line[] {
  return retrying.slice(0, MOST).map(({ code, tasks, next_attempt_by, examples: [example] }) => {
    const left = Math.max(0, parseTimestamp(next_attempt_by) - parseTimestamp(timestamp));
    const when = `${tasks === 1 ? "waits" : "wait"} up to ${duration(left, "en")} for the next attempt`;
    const { error, url = "", pop } = example ?? {};
    const hit = [error, objectOf(url), ...(pop === undefined ? [] : [`at ${pop}`])].filter(Boolean).join(" ");
    return [
      span("! ", "yellow"),
      span(`${reasonText(readReason(code), "en").title}: ${many(tasks, "task")} ${when}  `),
      span(hit, "dim"),
    ];
  });
}

export function warningLines({ warnings }: Pick<Progress, "warnings">): Line[] {
  // That a run is cut off is the sentence above.
  const counted = warnings.filter(({ code }) => code !== CUT_OFF);
  return counted.slice(0, MOST).map((it) => [span("! ", "yellow"), span(`${count(it.count)}: ${it.message}`)]);
}
