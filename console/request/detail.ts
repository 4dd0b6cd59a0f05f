/** After so long without an answer, there are minutes that the page has not seen. */
const UNSEEN_MS = 60_000;

/** Of which request the last answer was, and when it came, in milliseconds since the epoch. */
export interface LastAnswer {
  readonly id: string;
  readonly at: number;
}

/** What to ask for beside the totals: the samples only where the page has not seen how the request came to where it is. */
export function detailOf(last: LastAnswer | undefined, id: string, now: number): string {
  const isSeen = last !== undefined && last.id === id && now - last.at < UNSEEN_MS;
  return isSeen ? "pops,failures" : "pops,failures,samples";
}
