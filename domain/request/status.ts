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
