/** The timer, with the retries of its function, has this long to end the request by itself. */
const OVERDUE_MS = 120_000;

/** Whether a request's time is up and nobody has ended it, though somebody should have. */
export function isOverdue(timeoutAt: Date, now: Date): boolean {
  return now.getTime() - timeoutAt.getTime() >= OVERDUE_MS;
}
