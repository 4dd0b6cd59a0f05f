import type { Readable } from "node:stream";
import { cleanJson } from "./output/clean.ts";

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
  /** Writes commands and fields of the API in a text as the caller types them; set once the command line is known. @default as they are */
  asCalled?: (text: string) => string;
}

/** A line of what was asked for. */
export function say(shell: Pick<Shell, "stdout" | "asCalled">, line: string): void {
  shell.stdout.write(`${called(shell, line)}\n`);
}

/** A text with its commands as the user calls them. */
export function called({ asCalled }: Pick<Shell, "asCalled">, text: string): string {
  return asCalled?.(text) ?? text;
}

/** A document in JSON, which has the same value on a terminal. */
export function sayJson(shell: Pick<Shell, "stdout">, value: unknown): void {
  const json = JSON.stringify(value, null, 2);
  shell.stdout.write(`${shell.stdout.isTTY === true ? cleanJson(json) : json}\n`);
}

/** A line beside what was asked for: it does not disturb a pipe. */
export function mention(shell: Pick<Shell, "stderr" | "asCalled">, line: string): void {
  shell.stderr.write(`${called(shell, line)}\n`);
}
