import { CommandError } from "./command-error.ts";
import { clean } from "./output/clean.ts";
import { lookOf } from "./output/look.ts";
import { wrapped } from "./output/wrapped.ts";
import type { Shell } from "./shell.ts";

const FAULT = "This is a bug in prewarm. Set PREWARM_DEBUG=1 to see where it comes from.";

/** What is told of an error: what is wrong, and what to do next. `PREWARM_DEBUG` adds where it comes from. */
export function explain(error: unknown, shell: Pick<Shell, "env" | "stderr" | "command">): string {
  const { env, stderr } = shell;
  const trace = env["PREWARM_DEBUG"] && error instanceof Error ? `${error.stack ?? ""}\n${causeOf(error)}` : "";
  const message = error instanceof Error ? error.message : String(error);
  const next = error instanceof CommandError ? error.nextStep(shell.command) : FAULT;
  const { width } = lookOf({ env, stdout: stderr });
  const lines = clean(`prewarm: ${message}\n${next}`).split("\n");
  return `${lines.flatMap((line) => wrapped(line, width)).join("\n")}\n${trace}`;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `${cause.stack ?? cause.message}\n` : "";
}
