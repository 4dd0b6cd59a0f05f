import type { Progress } from "../../client/answers.ts";
import { TASK_STATES, type TaskState, type TaskStates, taskStatesOf } from "../../domain/readiness/task-states.ts";
import { cellsOf } from "./cells.ts";
import { STYLES } from "./outcome-looks.ts";
import { type Line, span } from "./spans.ts";

export function bar(shares: TaskStates, width: number, glyphs: Readonly<Record<TaskState, string>>): Line {
  const cells = cellsOf(shares, width);
  return TASK_STATES.filter((state) => cells[state] > 0).map((state) =>
    span(glyphs[state].repeat(cells[state]), STYLES[state]),
  );
}

/**
 * What of a request's bar each state has. It is by bytes, as the per cent are, so that a large file moves it; what failed has no
 * bytes, and its share of the tasks.
 */
export function sharesOf(progress: Progress): TaskStates {
  const tally = taskStatesOf(progress);
  const { total_size, total_count, download_size, in_progress_size } = progress;
  if (!isByBytes(progress)) return tally;
  const good = tally.warm + tally.hit + tally.done;
  const ofGood = (count: number) => (good === 0 ? 0 : (download_size / total_size) * (count / good));
  const shares = {
    warm: ofGood(tally.warm),
    hit: ofGood(tally.hit),
    done: ofGood(tally.done),
    not_kept: tally.not_kept / total_count,
    failed: tally.failed / total_count,
    under_way: in_progress_size / total_size,
  };
  const used = Object.values(shares).reduce((sum, it) => sum + it, 0);
  return { ...shares, waiting: tally.waiting + tally.under_way > 0 ? Math.max(0, 1 - used) : 0 };
}

/** Where a size is not known, the API counts per cent by tasks. */
function isByBytes({ total_size, total_count, download_size, in_progress_size, percentage_complete }: Progress) {
  if (total_size <= 0 || total_count <= 0) return false;
  return Math.abs(((download_size + in_progress_size) * 100) / total_size - percentage_complete) <= 1;
}
