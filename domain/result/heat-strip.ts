import { cutText, type FailureReason } from "./failure.ts";
import type { TaskOutcome } from "./outcome.ts";

/** What a bin of a strip shows: the worst of its tasks. Worst first. */
export const HEAT_STRIP_STATES = ["failed", "not_kept", "not_tried", "regional", "done", "hit", "warm"] as const;
export type HeatStripState = (typeof HEAT_STRIP_STATES)[number];

/** A strip has so many bins, and so many of the tasks that are not good are named. */
export const MAX_BINS = 120;
export const MAX_NAMED = 200;
const MAX_ERROR = 300;

/** A task of the POP: a URL in one variant. */
interface HeatStripTask {
  readonly url: string;
  readonly variant?: string | undefined;
}

/** How one ended. */
export interface HeatStripResult {
  readonly ok: boolean;
  readonly outcome?: TaskOutcome | undefined;
  readonly reason?: FailureReason | undefined;
  readonly error?: string | undefined;
  readonly http_status?: number | undefined;
}

/**
 * How the tasks of one POP ended, in the order of the list, thinned so that it fits a line of a page.
 * @param results by the place of their task in the list; undefined: it was not tried
 * @returns neighbours in the list as one bin, from the `first`, counted from 1; the first tasks that are not good, and how many more
 */
export function heatStrip(tasks: readonly HeatStripTask[], results: readonly (HeatStripResult | undefined)[]) {
  const { length } = tasks;
  const count = Math.min(MAX_BINS, length);
  const edge = (bin: number) => Math.floor((bin * length) / count);
  const bins = Array.from({ length: count }, (_, bin) => binOf(results, edge(bin), edge(bin + 1)));
  const failed = [...tasks.entries()].filter(([place]) => results[place]?.ok === false);
  const failures = failed.slice(0, MAX_NAMED).map(([place, task]) => nameOf(task, results[place]));
  return { bins, failures, more: failed.length - failures.length };
}

function binOf(results: readonly (HeatStripResult | undefined)[], from: number, to: number) {
  let worst = HEAT_STRIP_STATES.length - 1;
  let failed = 0;
  for (let place = from; place < to; place++) {
    const result = results[place];
    worst = Math.min(worst, HEAT_STRIP_STATES.indexOf(stateOf(result)));
    if (result?.ok === false) failed++;
  }
  return { state: HEAT_STRIP_STATES[worst] ?? "failed", first: from + 1, tasks: to - from, failed };
}

/** Of a good result without an outcome, nothing is claimed. */
function stateOf(result: HeatStripResult | undefined): HeatStripState {
  if (result === undefined) return "not_tried";
  if (!result.ok) return outcomeOfFailed(result);
  const { outcome } = result;
  return outcome === "warm" || outcome === "hit" || outcome === "regional" ? outcome : "done";
}

function outcomeOfFailed(result: HeatStripResult | undefined): "failed" | "not_kept" {
  return result?.outcome === "not_kept" ? "not_kept" : "failed";
}

function nameOf({ url, variant }: HeatStripTask, result: HeatStripResult | undefined) {
  const { reason, error, http_status } = result ?? {};
  return {
    url,
    variant,
    outcome: outcomeOfFailed(result),
    reason,
    error: error && cutText(error, MAX_ERROR),
    http_status,
  };
}
