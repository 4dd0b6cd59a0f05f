import type { Readable } from "node:stream";
import type { Sink } from "../shell.ts";

const PATIENCE_MS = 200;

/** A terminal that can be asked: its keys come one by one in raw mode. */
export interface Keys extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(on: boolean): unknown;
}

/** How many cells the terminal gives a `█`: it is asked where its cursor is after one. 1, if it does not answer. */
export async function blockWidth(keys: Keys, screen: Sink): Promise<number> {
  if (keys.isTTY !== true || keys.setRawMode === undefined) return 1;
  keys.setRawMode(true);
  try {
    screen.write("\r█\u001b[6n");
    return widthIn(await answerOf(keys));
  } finally {
    screen.write("\r\u001b[K");
    keys.setRawMode(false);
    keys.pause();
  }
}

/** @param answer `ESC [ row ; column R` */
export function widthIn(answer: string): number {
  const column = /\[\d+;(\d+)R/.exec(answer)?.[1];
  return column === undefined ? 1 : Math.max(1, Number(column) - 1);
}

function answerOf(keys: Keys): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const end = () => {
      clearTimeout(timer);
      keys.off("data", hear);
      resolve(said);
    };
    const hear = (bytes: Buffer) => {
      said += bytes.toString("latin1");
      if (/\[\d+;\d+R/.test(said)) end();
    };
    const timer = setTimeout(end, PATIENCE_MS);
    keys.on("data", hear);
    keys.resume();
  });
}
