import { cleanLine } from "../output/clean.ts";
import { lookOf } from "../output/look.ts";
import type { Paint } from "../output/paint.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { type Finding, hasFailed, type Status } from "./check/check.ts";

const WORDS: Readonly<Record<Status, string>> = { ok: "ok", warn: "warn", fail: "FAIL", "cannot-tell": "cannot tell" };
const COLOURS = { ok: "green", warn: "yellow", fail: "red", "cannot-tell": "blue" } as const;
const WIDTH = 11;

/** Lines for people on a terminal, fields between tabs for a pipe, one document with --json. */
export function printer(shell: Shell, json: boolean | undefined) {
  const none = () => undefined;
  if (json === true)
    return {
      head: none,
      finding: none,
      end: (findings: readonly Finding[]) => sayJson(shell, { failed: hasFailed(findings), findings }),
    };
  const isTTY = shell.stdout.isTTY === true;
  const { paint } = lookOf(shell);
  return {
    head: (text: string) => (isTTY ? say(shell, `${text}\n`) : undefined),
    finding: (finding: Finding) => say(shell, isTTY ? lineOf(finding, paint) : rowOf(finding)),
    end: (findings: readonly Finding[]) => (isTTY ? mention(shell, `\n${tally(findings)}`) : undefined),
  };
}

/** A finding for people: one line, and below it what to do unless all is well. */
function lineOf({ status, name, says, next, docs }: Finding, paint: Paint): string {
  const line = `${paint(COLOURS[status], WORDS[status].padEnd(WIDTH))}  ${name}: ${cleanLine(says)}`;
  return next === undefined ? line : `${line}\n${" ".repeat(WIDTH + 2)}→ ${cleanLine(next)} (${docs})`;
}

/** A finding for a pipe: one line of fields between tabs, to be cut and searched. */
function rowOf({ phase, status, name, says, next = "", docs }: Finding): string {
  return [phase, status, name, says, next, docs].map((field) => field.replaceAll(/[\t\r\n]+/g, " ")).join("\t");
}

/** How many of each there are. */
function tally(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return `${count("ok")} ok, ${count("warn")} warn, ${count("fail")} failed, ${count("cannot-tell")} unknown`;
}
