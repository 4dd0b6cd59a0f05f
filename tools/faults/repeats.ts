import type { Get } from "../edge/faults.ts";

/** An agent that was killed. */
export interface Kill {
  /** By which address the edge saw it. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `pop url` of the tasks whose results stood then: it held none of them. */
  readonly standing: ReadonlySet<string>;
}

/**
 * What was downloaded again, and why. A download is repeated for a reason if an agent was killed that had begun it, and its
 * result did not stand yet.
 * @param taskOf `pop url` of a GET
 */
export function repeatsOf(gets: readonly Get[], kills: readonly Kill[], taskOf: (get: Get) => string) {
  const before = new Map<string, Get>();
  const unexplained: string[] = [];
  let explained = 0;
  for (const get of gets.toSorted((a, b) => a.at - b.at)) {
    const task = taskOf(get);
    const last = before.get(task);
    before.set(task, get);
    if (last === undefined) continue;
    const killed = kills.some(
      ({ client, at, standing }) => client === last.client && last.at <= at && at <= get.at && !standing.has(task),
    );
    if (killed) explained++;
    else unexplained.push(task);
  }
  return { explained, unexplained };
}
