import type { Shell } from "../shell.ts";

/** Runs a command's action, and takes its exit code. Actions are loaded when they run, so that help is quick. */
export type Run = (action: (shell: Shell) => Promise<number>) => Promise<void>;
