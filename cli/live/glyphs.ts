import type { TaskState } from "../../domain/readiness/task-states.ts";

/** What is drawn. */
export interface Glyphs {
  /** A cell of the bar, and of the thin bar of a row. */
  readonly bar: Readonly<Record<TaskState, string>>;
  readonly row: Readonly<Record<TaskState, string>>;
  /** Before a word. */
  readonly mark: Readonly<Record<TaskState, string>>;
  readonly times: string;
  readonly rest: string;
}

const GOOD_BLOCKS = { warm: "█", hit: "▓", regional: "▓", done: "▓" };

export const SHAPES: Glyphs = {
  bar: { ...GOOD_BLOCKS, not_kept: "▲", failed: "×", under_way: "▒", waiting: "░" },
  row: { warm: "━", hit: "━", regional: "━", done: "━", not_kept: "▲", failed: "×", under_way: "╍", waiting: "─" },
  mark: { warm: "●", hit: "◐", regional: "◎", done: "○", not_kept: "▲", failed: "×", under_way: "◔", waiting: "·" },
  times: "×",
  rest: "…",
};

const PLAIN = {
  warm: "#",
  hit: "#",
  regional: "+",
  done: "#",
  not_kept: "x",
  failed: "x",
  under_way: "=",
  waiting: ".",
};

/** Where the terminal is not UTF-8. */
export const ASCII: Glyphs = { bar: PLAIN, row: PLAIN, mark: PLAIN, times: "x", rest: "..." };

type Env = Readonly<Record<string, string | undefined>>;

/** Whether the terminal writes UTF-8, as its locale says. On Windows, it does. */
export function isUtf8({ LC_ALL = "", LC_CTYPE = "", LANG = "" }: Env, platform: string): boolean {
  return platform === "win32" || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG);
}
