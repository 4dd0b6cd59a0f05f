import type { Readable } from "node:stream";

/** Where a command writes: a terminal, a pipe, a file. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
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
}

/** A line of what was asked for. */
export function say({ stdout }: Pick<Shell, "stdout">, line: string): void {
  stdout.write(`${line}\n`);
}

/** A line beside what was asked for: it does not disturb a pipe. */
export function mention({ stderr }: Pick<Shell, "stderr">, line: string): void {
  stderr.write(`${line}\n`);
}
