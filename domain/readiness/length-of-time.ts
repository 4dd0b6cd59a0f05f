/** A length of time in the two units that tell it: days and hours, hours and minutes, or one of minutes and seconds. */
export interface LengthOfTime {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** @param ms is rounded: seconds up to tens, so that they do not flicker, and minutes to whole ones */
export function lengthOf(ms: number): LengthOfTime {
  const tens = Math.max(1, Math.ceil(ms / 10_000));
  if (tens < 6) return { days: 0, hours: 0, minutes: 0, seconds: tens * 10 };
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return { days: 0, hours: 0, minutes, seconds: 0 };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { days: 0, hours, minutes: minutes % 60, seconds: 0 };
  return { days: Math.floor(hours / 24), hours: hours % 24, minutes: 0, seconds: 0 };
}
