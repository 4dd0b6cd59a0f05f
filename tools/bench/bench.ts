import type { Server } from "./nginx.ts";
import type { Tools } from "./tools.ts";

/** What every part of the benchmark gets. */
export interface Bench {
  readonly rounds: number;
  readonly server: Server;
  readonly tools: Tools;
  readonly say: (line: string) => void;
}
