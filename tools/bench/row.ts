/** One line of docs/benchmarks.md: what was asked for, and what was measured. */
export interface Row {
  readonly what: string;
  /** With its unit; `–` where there is no bound. */
  readonly atLeast: string;
  readonly aim: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

export type Verdict = "aim" | "met" | "MISSED" | "–";

/** What one part of the benchmark found. */
export interface Findings {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Further lines, each a Markdown paragraph or table. */
  readonly notes: readonly string[];
  /** Unit costs, for docs/scaling.md. */
  readonly units?: Readonly<Record<string, number>>;
}

/** @param better whether more or less of it is better */
export function verdict(value: number, atLeast: number, aim: number, better: "more" | "less"): Verdict {
  const reaches = (bound: number) => (better === "more" ? value >= bound : value <= bound);
  if (reaches(aim)) return "aim";
  return reaches(atLeast) ? "met" : "MISSED";
}
