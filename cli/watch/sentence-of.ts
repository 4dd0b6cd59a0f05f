import { sentence } from "../../domain/readiness/sentence.ts";
import { factsOf } from "../../domain/readiness/sentence-facts.ts";
import type { ListedRequest, Progress } from "../api/answers.ts";

/** What the list or the start of a request says, and GET /prewarm does not. */
export type Known = Pick<ListedRequest, "instance_count" | "timeout_at"> & Partial<Pick<ListedRequest, "reason">>;

/** Where a request stands, in the one sentence that console, report and event say too. */
export function sentenceOf(progress: Progress, known: Known, clock?: (ms: number) => string): string {
  const { verdict, ...rest } = progress;
  return sentence(factsOf({ ...rest, ...known, ...(verdict ? { verdict } : {}) }), "en", clock);
}

/** `19:52`, as the clock on this machine has it. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
