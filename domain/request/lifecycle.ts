import * as z from "zod";

/**
 * Where a request stands. `CREATED → CHECK_POP → INSERT_TASK → IN_PROGRESS → FINISHED`, with sources
 * `CREATED → EXPANDING → CHECK_POP → …`, or out of any active one.
 */
export const STATUSES = [
  "CREATED",
  "EXPANDING",
  "CHECK_POP",
  "INSERT_TASK",
  "IN_PROGRESS",
  "FINISHED",
  "STOPPED",
  "TIMEOUT",
  "FAILED",
] as const;

export const statusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof statusSchema>;

export const TERMINAL_STATUSES = ["FINISHED", "STOPPED", "TIMEOUT", "FAILED"] as const satisfies readonly Status[];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: Status): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly Status[]).includes(status);
}

/** How long the parts of a request wait for each other. All times are in milliseconds, and follow from one. */
export interface Patience {
  /** Between two beats of an agent. */
  readonly beatMs: number;
  /** A beat that is older, by the reader's clock, is a silent agent's. */
  readonly staleMs: number;
  /** Without a result for this long, and without a beat, a request stands still. */
  readonly stillMs: number;
  /** The same while the queue has messages, which may be other requests'. */
  readonly busyMs: number;
  /** An empty queue is believed when it was empty twice, this far apart: SQS estimates. */
  readonly againMs: number;
}

/** The stack's `stallSeconds`, unless it is told otherwise. */
export const STALL_SECONDS = 900;

/** @param stallSeconds after which a request without a sign of life stands still. @default 900: then agents beat every 10 s */
export function patienceOf(stallSeconds: number = STALL_SECONDS): Patience {
  const stillMs = stallSeconds * 1_000;
  const beatMs = Math.max(1_000, stillMs / 90);
  return {
    beatMs,
    staleMs: 6 * beatMs,
    stillMs,
    busyMs: 2 * stillMs,
    againMs: Math.max(1_000, stillMs / 15),
  };
}

/** A look that was asked for and not answered for this long may be asked for again: whoever was to answer has died. */
export const ASK_AGAIN_MS = 1_200_000;

/** The variable STALL_SECONDS. */
export const stallSecondsSchema = z.coerce.number().positive();
