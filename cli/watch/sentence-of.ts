import { sentence } from "../../domain/readiness/sentence.ts";

/** Where a request stands, in the one sentence that console, report and event say too; with the time of day on this machine. */
export function sentenceOf(progress: Parameters<typeof sentence>[0]): string {
  return sentence(progress, "en", timeOfDay);
}

/** `19:52` */
function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
