/** A value that is checked: its name, what it is and what it must be. */
export type Expectation = readonly [what: string, actual: unknown, expected: unknown];

/** A line for each value that is not as expected. */
export function unmet(expectations: readonly Expectation[]): string[] {
  return expectations
    .filter(([, actual, expected]) => actual !== expected)
    .map(([what, actual, expected]) => `${what} is ${actual}, must be ${expected}`);
}
