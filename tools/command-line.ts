import { type ParseArgsConfig, parseArgs } from "node:util";

/** The words on a program's command line make no sense. The message says in its first line what is wrong, then how it is called. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(what: string, usage: string) {
    super(`${what}\n\n${usage}`);
  }
}

/** Reads the words on a program's command line. @throws UsageError */
export function readWords<const T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // What follows the first sentence is advice on Node's own conventions.
    const [what = ""] = String(error instanceof Error ? error.message : error).split(/\.\s/, 1);
    throw new UsageError(what, usage);
  }
}
