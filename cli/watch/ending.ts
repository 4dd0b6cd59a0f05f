import { setTimeout as sleep } from "node:timers/promises";
import stringWidth from "string-width";
import type { Progress, Summary } from "../../client/answers.ts";
import type { Answer } from "../../client/api-client.ts";
import { shortId } from "../../client/request-ids.ts";
import { lacksOnlyPops } from "../../domain/readiness/verdict.ts";
import type { Api } from "../api/client.ts";
import { isRefused } from "../api/refusal.ts";
import { exitCodeOf } from "../exit-code.ts";
import { EXIT } from "../exit-codes.ts";
import { lookOf } from "../output/look.ts";
import { wrapped } from "../output/wrapped.ts";
import { command, mention, type Shell, say, sayJson } from "../shell.ts";
import { sentenceOf } from "./sentence-of.ts";
import { summaryLines } from "./summary-lines.ts";

/** A report follows the end of its request by seconds; GET /summary waits for it, too. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 2_000;

/** Says what came of a request that has ended; the last line is the verdict, which with JSON is on stderr. Returns the exit code. */
export async function tellEnding(
  shell: Shell,
  client: Pick<Api, "summary" | "progress">,
  before: Progress,
  json: boolean,
): Promise<number> {
  const summary = await summaryOf(client, before.request_id);
  // The recount may have changed what was seen at the end.
  const { value: progress, json: progressJson } = await client.progress(before.request_id);
  const exitCode = exitCodeOf(progress, summary?.value);
  const sentence = summary?.value.sentence ?? sentenceOf(progress, shell);
  if (json) {
    const { request_id, status } = progress;
    const document = { request_id, status, exit_code: exitCode, sentence, progress: progressJson };
    sayJson(shell, { ...document, summary: summary?.json ?? null });
    const failures = summary === undefined ? [] : summaryLines(summary.value, lookOf(shell, shell.stderr), sentence);
    for (const line of [...failures, sentence]) mention(shell, line);
    return exitCode;
  }
  const look = lookOf(shell);
  if (summary !== undefined) for (const line of summaryLines(summary.value, look, sentence)) say(shell, line);
  const note = summary?.value.footnote;
  if (note !== undefined) for (const line of wrapped(note, look.width)) say(shell, look.paint("dim", line));
  for (const line of verdictLines(verdictLine(shell, sentence, progress, exitCode), look.width)) say(shell, line);
  return exitCode;
}

/** One line, unless a terminal is too narrow for it: what to type next then has a line of its own. */
function verdictLines(line: string, width: number | undefined): string[] {
  const at = line.lastIndexOf(NEXT);
  if (width === undefined || at < 0 || stringWidth(line) <= width) return wrapped(line, width);
  return [...wrapped(line.slice(0, at), width), line.slice(at + 1)];
}

const NEXT = " Next: ";

/** `Not ready for traffic: 11 objects are not warm at any POP. Next: prewarm report 3f9c2a71 --failed` */
export function verdictLine(
  shell: Pick<Shell, "command">,
  sentence: string,
  progress: Pick<Progress, "request_id" | "status" | "total_count" | "failed_count" | "readiness">,
  exitCode: number,
): string {
  const { request_id, total_count, failed_count, readiness } = progress;
  if (exitCode === EXIT.good) return sentence;
  const unreadable = readiness?.unreadable_urls ?? 0;
  if (total_count === 0 && unreadable === 0) return sentence;
  if (lacksOnlyPops(progress)) return `${sentence} ${leftOut(readiness?.unresolved_pops ?? 0)}`;
  const id = shortId(request_id);
  // What was not tried has no row in the report.
  const hasReport = exitCode === EXIT.failures && failed_count + unreadable > 0;
  return `${sentence}${NEXT}${hasReport ? command(shell, "report", id, "--failed") : command(shell, "retry", id)}`;
}

function leftOut(pops: number): string {
  return pops === 1
    ? "The POP that did not resolve was not warmed. Retry only if the DNS resolver failed: a POP without a DNS name does not resolve later."
    : "The POPs that did not resolve were not warmed. Retry only if the DNS resolver failed: a POP without a DNS name does not resolve later.";
}

/** The summary of a request that has ended; undefined: it could not be had in time. */
export async function summaryOf(client: Pick<Api, "summary">, id: string): Promise<Answer<Summary> | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await client.summary(id);
    } catch (error) {
      if (!isRefused(error, 409)) throw error;
      if (Date.now() >= deadline) return undefined;
    }
    await sleep(AGAIN_MS);
  }
}
