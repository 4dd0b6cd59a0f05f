import type { EdgeShares } from "./edge-faults.ts";
import type { Rule } from "./rules.ts";

export interface LabOptions {
  /** The same seed gives the same random numbers. What runs at the same time may still come in another order. */
  readonly seed: number;
  readonly urls: number;
  readonly pops: number;
  readonly instances: number;
  /** How many agents are killed, spread evenly over the tasks. */
  readonly kills: number;
  readonly rules: readonly Rule[];
  readonly edge: EdgeShares;
  /** Services that fail every call for some seconds, one after the other, while the tasks are done. */
  readonly blackouts: readonly { readonly service: string; readonly seconds: number }[];
  /** Further URLs, of large files whose downloads last so long. @default none */
  readonly long?: { readonly urls: number; readonly seconds: number };
  /** A second request, of so many long downloads a POP, is started and stopped. @default none */
  readonly stopped?: number;
  /** For how long everything is paused once half of the tasks are done. @default nothing is paused */
  readonly pauseSeconds?: number;
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}
