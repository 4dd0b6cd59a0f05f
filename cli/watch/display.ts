import type { Progress } from "../../client/answers.ts";

/** Shows how a request gets on: a live view on a terminal, lines elsewhere. */
export interface Display {
  /** Details of GET /prewarm that it shows, with commas. Undefined: none. */
  readonly detail: string | undefined;
  /** Milliseconds between two questions. */
  readonly everyMs: number;
  show(progress: Progress): void;
  silent(): void;
  /** A line that must be seen. */
  note(line: string): void;
  /** What it drew last stays. */
  close(): void;
}
