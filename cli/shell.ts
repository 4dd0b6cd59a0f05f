import type { Readable } from "node:stream";
import { cleanJson, cleanPipedJson } from "./output/clean.ts";
import { type PrintedCommand, printedCommand } from "./printed-command.ts";

/** Where a command writes: a terminal, a pipe, a file. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** What it writes to, for the live view alone: that moves the cursor, and cleans what it shows itself. */
  readonly terminal?: unknown;
  write(text: string | Uint8Array): unknown;
  /** A stream that is full says when it is not. */
  once?(event: "drain", hear: () => void): unknown;
}

/** What a command is started with. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Builds commands as the caller types them; set once the command line is known. @default `prewarm`, without options */
  command?: PrintedCommand;
}

/** A line of what was asked for. */
export function say({ stdout }: Pick<Shell, "stdout">, line: string): void {
  stdout.write(`${line}\n`);
}

/** Builds a command as the caller types it: `command(shell, "status", id)`. */
export function command(shell: Pick<Shell, "command">, ...words: readonly string[]): string {
  return (shell.command ?? printedCommand({}))(...words);
}

/** A document in JSON, which has the same value on a terminal and in a pipe. */
export function sayJson(shell: Pick<Shell, "stdout">, value: unknown): void {
  const json = JSON.stringify(value, null, 2);
  shell.stdout.write(`${(shell.stdout.isTTY === true ? cleanJson : cleanPipedJson)(json)}\n`);
}

/** A line beside what was asked for: it does not disturb a pipe. */
export function mention({ stderr }: Pick<Shell, "stderr">, line: string): void {
  stderr.write(`${line}\n`);
}
