/**
 * How often a property with generated input is tried: a fifth of the runs before each push. `npm run lab -- generated-input` sets both
 * variables: `FUZZ_SCALE` multiplies the runs, `FUZZ_SEED` repeats a run whose failure named its seed.
 */
const SCALE = Number(process.env["FUZZ_SCALE"] ?? 0.2);
const SEED = process.env["FUZZ_SEED"];

/** The timeout of such a test, in milliseconds. */
export const FUZZ_TIMEOUT_MS = 120_000 * Math.max(1, SCALE);

/** Parameters of `fc.assert`. Without a seed, fast-check chooses one and prints it with a failure. */
export function fuzz(runs: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: Math.ceil(runs * SCALE), ...(SEED === undefined ? {} : { seed: Number(SEED) }) };
}
