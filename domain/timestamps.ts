/** How long a request and everything about it is kept, in days. */
export const KEEP_DAYS = 30;

/** UTC as the API writes it: `2024-04-16 03:12:21.046535`. JavaScript clocks stop at the millisecond. */
export function formatTimestamp(date: Date): string {
  return `${date.toISOString().slice(0, 23).replace("T", " ")}000`;
}

/** The instant of a timestamp written by {@link formatTimestamp}. */
export function parseTimestamp(text: string): Date {
  return new Date(`${text.slice(0, 23).replace(" ", "T")}Z`);
}

/** DynamoDB's TTL attribute: seconds since the epoch at which an item made at `date` may go. */
export function expiresAt(date: Date): number {
  return Math.floor(date.getTime() / 1000) + KEEP_DAYS * 86_400;
}
