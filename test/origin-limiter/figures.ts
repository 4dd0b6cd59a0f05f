// What the log of a lab shows.
import type { Lab } from "./lab.ts";
import { seeded } from "./lab.ts";

/** The most events in any window `(t − ms, t]`. */
export function busiest(times: readonly number[], ms: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [n, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - ms) first++;
    most = Math.max(most, n - first + 1);
  }
  return most;
}

/** Requests per second between two times, in seconds after the start. */
export function perSecond({ sent, started }: Lab, from: number, to: number): number {
  return sent.filter(({ at }) => at >= started + from * 1_000 && at < started + to * 1_000).length / (to - from);
}

/** When the requests arrive at an origin: up to 20 ms later. */
export function arrivals({ sent, options }: Lab): number[] {
  const random = seeded(options.seed + 1_000);
  return sent.map(({ at }) => at + 20 * random());
}

/** The most calls of one kind that one process starts in any second for one limit. */
export function busiestProcess({ table }: Lab, kind: string): number {
  const byLimit = new Map<string, number[]>();
  for (const { at, owner, limit, kind: its } of table.calls) {
    const key = `${owner} ${limit}`;
    if (its === kind) byLimit.set(key, [...(byLimit.get(key) ?? []), at]);
  }
  return Math.max(0, ...[...byLimit.values()].map((times) => busiest(times, 950)));
}

/** Writes of all processes: the most in a second, and per second on average. */
export function writes({ table, seconds }: Lab): { most: number; mean: number } {
  const times = table.calls.filter(({ kind }) => kind !== "read").map(({ at }) => at);
  return { most: busiest(times, 1_000), mean: times.length / seconds };
}
