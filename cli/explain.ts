import { CommandError } from "./command-error.ts";
import { clean } from "./output/clean.ts";

/** What is told of an error: what is wrong, and what to do next. `PREWARM_DEBUG` adds where it comes from. */
export function explain(error: unknown, env: Readonly<Record<string, string | undefined>>): string {
  const trace = env["PREWARM_DEBUG"] && error instanceof Error ? `${error.stack ?? ""}\n${causeOf(error)}` : "";
  if (error instanceof CommandError) return `prewarm: ${clean(error.message)}\n${clean(error.next)}\n${trace}`;
  const message = error instanceof Error ? error.message : String(error);
  return `prewarm: ${clean(message)}\nThis is a fault of the command. PREWARM_DEBUG=1 shows where it comes from.\n${trace}`;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `${cause.stack ?? cause.message}\n` : "";
}
