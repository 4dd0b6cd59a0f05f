import { RESERVE_MS } from "../reserve.ts";

/** Of a request's time, sizes may take so much: they serve its percentage, and its downloads have to fit, too. */
const SHARE = 0.25;

/** How long sizes may be asked for, in milliseconds, on a function that has `remainingMs` left. */
export function timeBudget(remainingMs: number, now: Date, timeoutAt: Date): number {
  const share = (timeoutAt.getTime() - now.getTime()) * SHARE;
  return Math.max(0, Math.min(remainingMs - RESERVE_MS, share));
}
