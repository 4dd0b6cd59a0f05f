import { createInterface } from "node:readline/promises";
import { CommandError } from "../command-error.ts";
import type { Shell } from "../shell.ts";

/** Asks on a terminal. Anything but yes, and Ctrl-C, is no. @param signal ends the question, with no */
export async function confirm(
  { stdin, stderr }: Pick<Shell, "stdin" | "stderr">,
  question: string,
  signal?: AbortSignal,
): Promise<boolean> {
  if (signal?.aborted === true) return false;
  const lines = createInterface({ input: stdin });
  const gone = new AbortController();
  const leave = () => gone.abort();
  process.once("SIGINT", leave);
  signal?.addEventListener("abort", leave);
  lines.once("close", leave);
  try {
    stderr.write(`${question} [y/N] `);
    return /^\s*(y|yes)\s*$/i.test(await lines.question("", { signal: gone.signal }));
  } catch {
    stderr.write("\n");
    return false;
  } finally {
    process.off("SIGINT", leave);
    signal?.removeEventListener("abort", leave);
    lines.close();
  }
}

/**
 * Whether it shall be done: `--yes`, or the answer on a terminal.
 * @param signal ends the question, with no
 * @throws CommandError where nobody can be asked
 */
export async function isWanted(
  shell: Shell,
  question: string,
  yes: boolean | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  if (yes === true) return true;
  if (shell.stdin.isTTY !== true)
    throw new CommandError(
      `confirmation is required: ${question}`,
      "There is no terminal for the answer. To confirm, add --yes.",
    );
  return confirm(shell, question, signal);
}
