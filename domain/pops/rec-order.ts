/** What decides where a REC stands among others. */
interface Ranked {
  /** Null: of POPs whose REC is not known. */
  readonly rec: string | null;
  /** How many POPs of the request are under it. */
  readonly pops: number;
}

/**
 * Compares two RECs of a request: those with most POPs first, of as many by name, what is under no known REC last. It is the order on
 * the page and in the terminal: no count of tasks is in it, so that nothing moves while the request runs.
 */
export function byPopCount(a: Ranked, b: Ranked): number {
  return (
    Number(a.rec === null) - Number(b.rec === null) || b.pops - a.pops || (a.rec ?? "").localeCompare(b.rec ?? "", "en")
  );
}
