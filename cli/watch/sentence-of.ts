import type { Progress } from "../../client/answers.ts";
import { sentence } from "../../domain/readiness/sentence.ts";
import { CUT_OFF } from "../direct/cut-off.ts";

/** Where a request stands, in the one sentence that console, report and event say too; with the time of day on this machine. */
export function sentenceOf(progress: Parameters<typeof sentence>[0] & Pick<Progress, "warnings">): string {
  // A direct run has nobody else to go on with it.
  const cutOff = progress.warnings.find(({ code }) => code === CUT_OFF);
  return cutOff?.message ?? sentence(progress, "en", timeOfDay);
}

/** `19:52` */
function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
