import { TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";
import { cellsOf } from "./cells.ts";
import { STYLES } from "./outcome-looks.ts";
import { type Line, span } from "./spans.ts";

export function bar(shares: TaskStates, width: number, glyphs: Readonly<Record<TaskState, string>>): Line {
  const cells = cellsOf(shares, width);
  return TASK_STATES.filter((state) => cells[state] > 0).map((state) =>
    span(glyphs[state].repeat(cells[state]), STYLES[state]),
  );
}
