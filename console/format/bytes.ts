const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size in decimal units with three digits: 672 GB, 41.9 GB, 3.06 TB. @param write a number with so many fraction digits */
export function figureOf(
  bytes: number,
  write: (value: number, digits: number) => string,
): { readonly value: string; readonly unit: string } {
  let value = Math.max(0, bytes);
  let index = 0;
  // 999.5 would be written as 1000.
  while (value >= 999.5 && index < UNITS.length - 1) {
    value /= 1_000;
    index++;
  }
  return { value: write(value, digitsOf(value, index)), unit: UNITS[index] ?? "B" };
}

function digitsOf(value: number, index: number): number {
  if (index === 0 || value >= 99.95) return 0;
  return value >= 9.995 ? 1 : 2;
}
