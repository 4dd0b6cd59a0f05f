import type { Finding } from "./check.ts";
import type { Status } from "./judgement.ts";

const WORDS: Readonly<Record<Status, string>> = { ok: "ok", warn: "warn", fail: "FAIL", "cannot-tell": "cannot tell" };
/** SGR codes: green, yellow, red, blue. */
const COLOURS: Readonly<Record<Status, number>> = { ok: 32, warn: 33, fail: 31, "cannot-tell": 34 };
const WIDTH = 11;

/** A finding for people: one line, and below it what to do unless all is well. */
export function lineOf({ status, name, says, next, docs }: Finding, inColour: boolean): string {
  const word = WORDS[status].padEnd(WIDTH);
  const line = `${inColour ? `\u001b[${COLOURS[status]}m${word}\u001b[0m` : word}  ${name}: ${says}`;
  return next === undefined ? line : `${line}\n${" ".repeat(WIDTH + 2)}→ ${next} (${docs})`;
}

/** A finding for a pipe: one line of fields between tabs, to be cut and searched. */
export function rowOf({ phase, status, name, says, next = "", docs }: Finding): string {
  return [phase, status, name, says, next, docs].map((field) => field.replaceAll(/[\t\r\n]+/g, " ")).join("\t");
}

/** How many of each there are. */
export function tally(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return `${count("ok")} ok, ${count("warn")} warnings, ${count("fail")} failed, ${count("cannot-tell")} that nobody can tell`;
}
