import { shortId } from "../../client/request-ids.ts";
import { timeLeft } from "../../domain/durations.ts";
import {
  barShares,
  completeOf,
  TASK_STATES,
  type TaskState,
  taskStatesOf,
} from "../../domain/readiness/task-states.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { bytes, bytesOf, count, many, NOT_MEASURED } from "../output/figures.ts";
import { pad } from "../output/table.ts";
import { bar } from "./bar.ts";
import type { Glyphs } from "./glyphs.ts";
import { STYLES, WORDS } from "./outcome-looks.ts";
import { joined, type Line, span } from "./spans.ts";
import type { View } from "./view.ts";

/** From so many cells on, the view has blank lines, a head over its rows, and longer words. */
export const ROOMY = 100;

/** Which request it is: id, what its URLs begin with, how many of what. */
export function titleLine({ progress, listed, isDirect = false }: View, width: number, { times }: Glyphs): Line {
  const pops = progress.pops.length;
  const size = [
    ...(listed === undefined ? [] : [many(listed.url_count, "URL")]),
    ...(pops === 0 ? [] : [many(pops, "POP")]),
  ].join(` ${times} `);
  const instances = `${progress.instances_at_work} of ${many(progress.instance_count, "instance")}`;
  // Tasks that wait for their next attempt lack no instance.
  const isWaiting = progress.instances_at_work === 0 && progress.retrying !== undefined;
  const running = isTerminal(progress.status) || isWaiting ? "" : width >= ROOMY ? `${instances} running` : instances;
  const at = isDirect ? "direct" : running;
  const prefix = (listed?.url_prefix ?? "").replace(/^https?:\/\//, "");
  const parts: Line[] = [
    [span(shortId(progress.request_id), "dim")],
    ...(prefix === "" ? [] : [[span(prefix, "bold")]]),
    [span([size, at].filter((it) => it !== "").join(width >= ROOMY ? ", " : "  "), "dim")],
  ];
  return joined(parts, "  ");
}

/** The sentence; what comes first in it stands out. */
export function sentenceLine(sentence: string): Line {
  const end = sentence.indexOf(". ");
  if (end < 0) return [span(sentence, "bold")];
  return [span(sentence.slice(0, end + 1), "bold"), span(sentence.slice(end + 1))];
}

/** The figures keep their place, whatever they are: so many cells are theirs, and of these so many what the percentage counts. */
const FIGURES = { roomy: { all: 48, counted: 15 }, narrow: { all: 45, counted: 12 } } as const;

export function barLine(view: View, width: number, glyphs: Glyphs): Line {
  const { progress } = view;
  const roomy = width >= ROOMY;
  const { status, total_size, download_size, in_progress_size, bytes_per_second, estimated_finish_at, timestamp } =
    progress;
  const { percent, of } = completeOf(progress);
  // What the percentage counts stands beside it.
  const size =
    of === "tasks" && progress.total_count > 0
      ? `${count(progress.download_count)}/${many(progress.total_count, "task")}`
      : total_size > 0
        ? bytesOf(download_size + in_progress_size, total_size, roomy ? " of " : "/")
        : "";
  // Between two measurements, and for who waits, there is none. It is not zero.
  const rate = status !== "IN_PROGRESS" ? "" : bytes_per_second > 0 ? `${bytes(bytes_per_second)}/s` : NOT_MEASURED;
  const ms = (text: string) => parseTimestamp(text);
  const left = estimated_finish_at === null ? "" : `${timeLeft(ms(estimated_finish_at) - ms(timestamp), "en")} left`;
  const gap = "  ";
  const { all, counted } = roomy ? FIGURES.roomy : FIGURES.narrow;
  const cells = Math.max(counted, size.length);
  const figures = [size === "" ? "" : pad(size, cells), pad(rate, 9, "right"), pad(left, 12, "right")];
  const room = all + cells - counted;
  return [
    ...bar(barShares(progress), Math.max(4, width - room), glyphs.bar),
    span(gap),
    span(pad(`${percent}%`, 4, "right"), "bold"),
    span(gap),
    span(figures.filter((it) => it !== "").join(gap)),
  ];
}

/** States that stand there only if there are any tasks of them: most requests have none. */
const RARE: readonly TaskState[] = ["regional", "done"];

/** How many tasks there are of each outcome. */
export function outcomesLine({ progress }: Pick<View, "progress">, width: number, { mark }: Glyphs): Line {
  const tally = taskStatesOf(progress);
  const shown = TASK_STATES.filter((state) => !RARE.includes(state) || tally[state] > 0);
  const roomy = width >= ROOMY;
  const one = (state: TaskState): Line => [
    ...(roomy ? [span(`${mark[state]} `, STYLES[state])] : []),
    span(`${WORDS[state]} `),
    span(count(tally[state]), isBad(state) && tally[state] > 0 ? ["bold", "red"] : "bold"),
  ];
  return joined(shown.map(one), roomy ? "   " : "  ");
}

function isBad(state: TaskState): boolean {
  return state === "failed" || state === "not_kept";
}
