/** Values below this are kept exactly; of larger ones about a hundredth is lost. */
const EXACT = 128;
const STEPS = 100;

/**
 * Quantiles of any number of durations in bounded memory: how many there are of each length, lengths near each other taken together.
 * Beyond {@link EXACT} each step is about 1% longer than the one before, so the longest week has some 1,900.
 */
export class Quantiles {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** @param ms anything that is no length of time is left out */
  add(ms: number): void {
    if (!(ms >= 0) || ms === Number.POSITIVE_INFINITY) return;
    const step = stepOf(ms);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** What so large a share of the values does not exceed, in milliseconds; 0 where there is none. @param shares each over 0, at most 1, rising */
  of<const T extends readonly number[]>(shares: T): { readonly [K in keyof T]: number };
  of(shares: readonly number[]): readonly number[] {
    const steps = [...this.#counts].sort(([a], [b]) => a - b);
    return shares.map((share) => {
      let rest = Math.ceil(this.#total * share);
      for (const [step, count] of steps) {
        rest -= count;
        if (rest <= 0) return msOf(step);
      }
      return 0;
    });
  }
}

function stepOf(ms: number): number {
  return ms < EXACT ? Math.round(ms) : EXACT + Math.round(Math.log(ms / EXACT) * STEPS);
}

function msOf(step: number): number {
  return step < EXACT ? step : Math.round(EXACT * Math.exp((step - EXACT) / STEPS));
}
