import type { Listed, Pop, Progress } from "../../client/answers.ts";
import { SHAPES } from "../live/glyphs.ts";
import { barLine, outcomesLine, titleLine } from "../live/head.ts";
import { written } from "../live/spans.ts";
import { retryingLines, warningLines } from "../live/trouble.ts";
import type { View } from "../live/view.ts";
import { cleanLine } from "../output/clean.ts";
import { bytes, count } from "../output/figures.ts";
import type { Look } from "../output/look.ts";
import { table } from "../output/table.ts";
import { failureLines } from "./summary-lines.ts";

/** In a pipe, lines are not cut; the bar is as long as on this. */
const PIPE_WIDTH = 100;

/**
 * Where a request stands, once.
 * @param known `sentence` undefined: it is said elsewhere
 */
export function statusLines(
  progress: Progress,
  known: { readonly listed: Listed | undefined; readonly sentence: string | undefined; readonly isDirect: boolean },
  look: Look,
): string[] {
  const { listed, sentence, isDirect } = known;
  const view: View = { progress, listed, isDirect, sentence: sentence ?? "", hints: [] };
  const width = look.width ?? PIPE_WIDTH;
  const lines = [
    titleLine(view, width, SHAPES),
    barLine(view, width, SHAPES),
    outcomesLine(view, width, SHAPES),
    ...retryingLines(progress),
    ...warningLines(progress),
  ].map((line) => written(line, look.width ?? Number.POSITIVE_INFINITY, look.paint));
  return [
    ...lines,
    ...(progress.key_id === undefined ? [] : [`API key ID: ${cleanLine(progress.key_id)}`]),
    ...(progress.pops.length === 0 ? [] : popLines(progress.pops, look)),
    ...(progress.failures ?? []).flatMap((it) => failureLines(it, look)),
    ...(sentence === undefined ? [] : [sentence]),
  ];
}

function popLines(pops: readonly Pop[], look: Look): string[] {
  const right = { align: "right" } as const;
  const columns = [
    ...[{ head: "POP" }, { head: "REC", gives: true, dropped: 6 }, { head: "STATE", dropped: 5 }],
    ...[{ head: "TASKS", dropped: 4 }, { head: "DONE" }, { head: "WARM" }, { head: "HIT", dropped: 2 }].map((it) => ({
      ...it,
      ...right,
    })),
    ...[
      { head: "REGIONAL", dropped: 2 },
      { head: "NOT KEPT", dropped: 3 },
      { head: "FAILED" },
      { head: "BYTES", dropped: 1 },
    ].map((it) => ({
      ...it,
      ...right,
    })),
  ];
  const rows = pops.map((it) => [
    ...[it.pop, it.rec ?? "", it.state],
    ...[it.total_count, it.download_count, it.warm_count, it.hit_count].map(count),
    ...[
      count(it.regional_count),
      count(it.not_kept_count),
      count(it.failed_count - it.not_kept_count),
      bytes(it.download_size),
    ],
  ]);
  return table(columns, rows, look);
}
