import type { Progress } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { sentence } from "../../domain/readiness/sentence.ts";
import { CUT_OFF } from "../direct/cut-off.ts";
import { command, type Shell } from "../shell.ts";

/** Where a request stands, in the one sentence that console, report and event say too; with the time of day on this machine. */
export function sentenceOf(
  progress: Parameters<typeof sentence>[0] & Pick<Progress, "warnings" | "request_id">,
  shell: Pick<Shell, "command">,
): string {
  // A direct run has nobody else to go on with it.
  const cutOff = progress.warnings.find(({ code }) => code === CUT_OFF);
  return cutOff === undefined
    ? sentence(progress, "en", timeOfDay)
    : `${cutOff.message} To resume it: ${command(shell, "resume", shortId(progress.request_id))}`;
}

/** `19:52` */
function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
