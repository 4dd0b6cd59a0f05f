import { isTerminal, type Status } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";

/** Requests under one heading. */
export interface RowGroup<T> {
  /** `underWay`, or the day as a number that grows with it. */
  readonly day: "underWay" | number;
  /** Milliseconds since the epoch of the first one. */
  readonly at: number;
  readonly rows: readonly T[];
}

/**
 * Those under way first, then by the reader's days. The order within is the API's: the newest first.
 * @param dayOf the day that a moment is in, such that another day has another number
 */
export function groupRows<T extends { readonly status: Status; readonly created_at: string }>(
  rows: readonly T[],
  dayOf: (at: number) => number,
): RowGroup<T>[] {
  const groups = new Map<RowGroup<T>["day"], { at: number; rows: T[] }>();
  const running = rows.filter(({ status }) => !isTerminal(status));
  for (const row of [...running, ...rows.filter(({ status }) => isTerminal(status))]) {
    const at = parseTimestamp(row.created_at);
    const day = isTerminal(row.status) ? dayOf(at) : "underWay";
    const group = groups.get(day) ?? { at, rows: [] };
    group.rows.push(row);
    groups.set(day, group);
  }
  return [...groups].map(([day, group]) => ({ day, ...group }));
}

/** Days since the epoch in the time zone of this machine. */
export function localDay(at: number): number {
  const date = new Date(at);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
