/** One request that reached the origin. */
export interface OriginRequestSeen {
  /** Milliseconds since the epoch, by the edge's clock. */
  readonly at: number;
  /** The distribution that asked; undefined if it was none. */
  readonly domain: string | undefined;
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly range: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly status: number;
  /** A HEAD or a range of one byte: a question for the size. All else is a download. */
  readonly probe: boolean;
  /** The origin's own limit refused it. */
  readonly refused: boolean;
}

/** Whether a request asks for a size only. */
export function isProbe(method: string, range: string | undefined): boolean {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  return method === "HEAD" || (from !== undefined && from === to);
}

/**
 * The most requests in any so many milliseconds of the log, wherever they begin. The log is in the order of time. Where each answer takes
 * the origin so long, it is the most that it had at once, or less than that.
 */
export function busiest(log: readonly Pick<OriginRequestSeen, "at">[], ms: number): number {
  return busiestSpan(log, ms).length;
}

/** The requests of the busiest span of that length; the first such span. */
export function busiestSpan<Seen extends Pick<OriginRequestSeen, "at">>(
  log: readonly Seen[],
  ms: number,
): readonly Seen[] {
  let first = 0;
  let most = { from: 0, to: 0 };
  log.forEach(({ at }, last) => {
    while ((log[first]?.at ?? at) <= at - ms) first += 1;
    if (last + 1 - first > most.to - most.from) most = { from: first, to: last + 1 };
  });
  return log.slice(most.from, most.to);
}
