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
