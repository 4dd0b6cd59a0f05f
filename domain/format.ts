/** The languages of sentences and reasons. */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
export type ByteUnit = (typeof UNITS)[number];

/** A size as people read it: a number in a decimal unit, to be written with so many digits behind the point. */
export interface ByteFigure {
  readonly value: number;
  readonly digits: 0 | 1 | 2;
  readonly unit: ByteUnit;
}

/**
 * A size with three digits: 672 GB, 41.9 GB, 3.06 TB. What is below zero is nothing.
 * @param unit @default the one in which it has three digits
 */
export function byteFigure(bytes: number, unit = unitOf(bytes)): ByteFigure {
  const value = Math.max(0, bytes) / 1_000 ** UNITS.indexOf(unit);
  return { value, digits: digitsOf(value, unit), unit };
}

export function unitOf(bytes: number): ByteUnit {
  // 999.6 kB would be written as 1000: it is 1.00 MB.
  return UNITS.findLast((_, power) => power === 0 || bytes / 1_000 ** (power - 1) >= 999.5) ?? "B";
}

function digitsOf(value: number, unit: ByteUnit): ByteFigure["digits"] {
  if (unit === "B" || value >= 99.95) return 0;
  return value >= 9.995 ? 1 : 2;
}
