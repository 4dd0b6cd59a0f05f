/** One row of the lab's table. */
export interface LabRow {
  readonly what: string;
  readonly tried: number;
  readonly wrong: number;
  readonly saw: string;
}

/** A part of the lab. `scale` 1 is all of it; the unit tests run a short form. */
export interface LabPart {
  readonly name: string;
  run(say: (line: string) => void, options: { readonly scale: number }): Promise<readonly LabRow[]>;
}

/** A row from what must hold: so much was tried, and what does not hold is wrong. */
export function rowOf(what: string, saw: string, holds: readonly boolean[]): LabRow {
  return { what, saw, tried: holds.length, wrong: holds.filter((it) => !it).length };
}
