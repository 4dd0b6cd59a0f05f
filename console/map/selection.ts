/** The chosen POPs by code. */
export type Selection = ReadonlySet<string>;

export type Share = "none" | "some" | "all";

/** How many of these are chosen. */
export function chosenOf(pops: readonly string[], selection: Selection): number {
  return pops.reduce((sum, pop) => sum + (selection.has(pop) ? 1 : 0), 0);
}

export function shareOf(pops: readonly string[], selection: Selection): Share {
  const chosen = chosenOf(pops, selection);
  if (chosen === 0) return "none";
  return chosen === pops.length ? "all" : "some";
}

export function added(selection: Selection, pops: readonly string[]): Selection {
  return new Set([...selection, ...pops]);
}

export function without(selection: Selection, pops: readonly string[]): Selection {
  const gone = new Set(pops);
  return new Set([...selection].filter((pop) => !gone.has(pop)));
}

/** All of these, or none if all were chosen. */
export function toggled(selection: Selection, pops: readonly string[]): Selection {
  return shareOf(pops, selection) === "all" ? without(selection, pops) : added(selection, pops);
}
