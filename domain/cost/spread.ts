/** A total that was estimated from some of its parts. */
export interface Spread {
  readonly estimate: number;
  readonly low: number;
  /** Null: too little is known for a bound. */
  readonly high: number | null;
}

/**
 * The total of `count` numbers of which some are known. All of them: it is exact. Else it lies between low and high in about 95 of
 * 100 cases, as tried with even and with very uneven numbers; rare giants can be missed, and no sample tells of those.
 *
 * The bounds are those of Student's t for 99 of 100, with the correction for a finite number; the upper one is as much farther as the
 * sample is skewed, because a few large numbers make up much of an uneven total. What is known is never undercut.
 * @param known a sample without any known reason why its numbers are not like the others
 * @returns undefined: nothing is known
 */
export function totalFrom(known: readonly number[], count: number): Spread | undefined {
  const n = known.length;
  if (n === 0) return count === 0 ? { estimate: 0, low: 0, high: 0 } : undefined;
  const sum = known.reduce((a, b) => a + b, 0);
  if (n >= count) return { estimate: sum, low: sum, high: sum };
  const mean = sum / n;
  const estimate = mean * count;
  if (n === 1) return { estimate, low: sum, high: null };
  const { deviation, skewness } = shape(known, mean);
  const t = tOf(n - 1);
  const off = count * t * (deviation / Math.sqrt(n)) * Math.sqrt(1 - n / count);
  const farther = 1 + (2 * t * Math.max(0, skewness)) / (3 * Math.sqrt(n));
  return { estimate, low: Math.max(sum, estimate - off), high: estimate + off * farther };
}

/** Student's t for 99 of 100, near enough. */
function tOf(freedom: number): number {
  return 2.576 + 5 / freedom + 10 / freedom ** 2;
}

function shape(numbers: readonly number[], mean: number) {
  const n = numbers.length;
  const second = numbers.reduce((sum, it) => sum + (it - mean) ** 2, 0);
  const third = numbers.reduce((sum, it) => sum + (it - mean) ** 3, 0);
  const skewness = second === 0 ? 0 : third / n / (second / n) ** 1.5;
  return { deviation: Math.sqrt(second / (n - 1)), skewness };
}

/** The same for something that is `times` as much. */
export function scaled({ estimate, low, high }: Spread, times: number): Spread {
  return { estimate: estimate * times, low: low * times, high: high === null ? null : high * times };
}
