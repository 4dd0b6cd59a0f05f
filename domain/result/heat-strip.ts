import { cutText, type FailureReason } from "./failure.ts";
import type { Outcome } from "./outcome.ts";

/** What a bucket of a strip shows: the worst of its tasks. Worst first. */
export const STRIP_STATES = ["failed", "not_kept", "not_tried", "done", "hit", "warm"] as const;
export type StripState = (typeof STRIP_STATES)[number];

/** A strip has so many buckets, and so many of the tasks that are not good are named. */
export const MAX_BUCKETS = 120;
export const MAX_NAMED = 200;
const MAX_ERROR = 300;

/** A task of the POP: a URL in one variant. */
export interface StripTask {
  readonly url: string;
  readonly variant?: string | undefined;
}

/** How one ended. */
export interface StripResult {
  readonly ok: boolean;
  readonly outcome?: Outcome | undefined;
  readonly reason?: FailureReason | undefined;
  readonly error?: string | undefined;
  readonly http_status?: number | undefined;
}

/** Neighbours in the list, as one: from the `first`, counted from 1. */
export interface StripBucket {
  readonly state: StripState;
  readonly first: number;
  readonly tasks: number;
  readonly failed: number;
}

export interface NamedFailure extends StripTask, Pick<StripResult, "reason" | "error" | "http_status"> {
  readonly outcome: "failed" | "not_kept";
}

/** How the tasks of one POP ended, in the order of the list, thinned so that it fits a line of a page. */
export class PopStrip {
  /** Places in STRIP_STATES. */
  private readonly states: Uint8Array;
  private readonly failures = new Map<number, StripResult>();

  constructor(private readonly tasks: readonly StripTask[]) {
    this.states = new Uint8Array(tasks.length).fill(STRIP_STATES.indexOf("not_tried"));
  }

  /** @param place of the task in the list, from 0; one that is entered again counts as it was entered last */
  enter(place: number, result: StripResult): void {
    this.states[place] = STRIP_STATES.indexOf(stateOf(result));
    if (result.ok) this.failures.delete(place);
    else this.failures.set(place, result);
  }

  /** Enters the same for all that have no result. */
  enterMissing(result: StripResult): void {
    const missing = STRIP_STATES.indexOf("not_tried");
    for (const [place, state] of this.states.entries()) if (state === missing) this.enter(place, result);
  }

  buckets(): StripBucket[] {
    const { length } = this.tasks;
    const count = Math.min(MAX_BUCKETS, length);
    const edge = (bucket: number) => Math.floor((bucket * length) / count);
    return Array.from({ length: count }, (_, bucket) => this.bucket(edge(bucket), edge(bucket + 1)));
  }

  /** The first that failed or are not kept, and how many more there are. */
  named(): { readonly failures: NamedFailure[]; readonly more: number } {
    const places = [...this.failures.keys()].sort((a, b) => a - b);
    const failures = places.slice(0, MAX_NAMED).flatMap((place) => {
      const [task, result] = [this.tasks[place], this.failures.get(place)];
      return task === undefined || result === undefined ? [] : [nameOf(task, result)];
    });
    return { failures, more: places.length - failures.length };
  }

  private bucket(from: number, to: number): StripBucket {
    let worst = STRIP_STATES.length - 1;
    let failed = 0;
    for (const [i, state] of this.states.subarray(from, to).entries()) {
      worst = Math.min(worst, state);
      if (this.failures.has(from + i)) failed++;
    }
    return { state: STRIP_STATES[worst] ?? "failed", first: from + 1, tasks: to - from, failed };
  }
}

/** Of a good result without an outcome, nothing is claimed. */
function stateOf({ ok, outcome }: StripResult): StripState {
  if (!ok) return outcome === "not_kept" ? "not_kept" : "failed";
  return outcome === "warm" || outcome === "hit" ? outcome : "done";
}

function nameOf({ url, variant }: StripTask, { outcome, reason, error, http_status }: StripResult): NamedFailure {
  return {
    url,
    ...(variant === undefined ? {} : { variant }),
    outcome: outcome === "not_kept" ? outcome : "failed",
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error: cutText(error, MAX_ERROR) }),
    ...(http_status === undefined ? {} : { http_status }),
  };
}
