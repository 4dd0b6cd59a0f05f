/** Get Size and Task keep this much of their time back, in milliseconds: for what they write when a wait is cut short. */
export const RESERVE_MS = 120_000;
