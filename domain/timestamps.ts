/** How long a request and everything about it is kept, in days. */
export const KEEP_DAYS = 30;

// Instants are milliseconds since the epoch.

/** UTC as the API writes it: `2024-04-16 03:12:21.046535`. JavaScript clocks stop at the millisecond. */
export function formatTimestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 23).replace("T", " ")}000`;
}

/** The instant of a timestamp written by {@link formatTimestamp}. */
export function parseTimestamp(text: string): number {
  return Date.parse(`${text.slice(0, 23).replace(" ", "T")}Z`);
}

/** DynamoDB's TTL attribute: seconds since the epoch at which an item may go. @param at when it is made. @default now */
export function expiresAt(at = Date.now()): number {
  return Math.floor(at / 1_000) + KEEP_DAYS * 86_400;
}

/** The same for an item that is of no use once its request has ended: a week is the longest timeout. */
export function expiresAfterLongestRequest(at = Date.now()): number {
  return Math.floor(at / 1_000) + 8 * 86_400;
}
