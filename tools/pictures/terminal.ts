import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { onTerminal, type TerminalSize } from "../local/processes.ts";

/** A command that runs on a terminal. */
export interface OnTerminal {
  /** All that it has written. A frame comes in one piece or is waited for. */
  text(): Promise<string>;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  /** Leaves it, as if its window were closed. */
  close(): void;
}

/** Frames are written twice a second: after so much silence, one is whole. */
const SILENCE_MS = 120;

export function runOnTerminal(
  size: TerminalSize,
  words: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): OnTerminal {
  const [program, args] = onTerminal(size, words);
  const child = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  let heard = "";
  let heardAt = performance.now();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
    heardAt = performance.now();
  });
  return {
    text: async () => {
      while (performance.now() - heardAt < SILENCE_MS) await sleep(SILENCE_MS / 4);
      return heard;
    },
    ended: new Promise((resolve) => child.once("close", resolve)),
    close: () => child.kill("SIGHUP"),
  };
}
