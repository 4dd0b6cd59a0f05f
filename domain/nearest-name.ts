/** The known name that was most likely meant; undefined when none is near: at most every third letter may be wrong. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Longer than any of ours by far, and the distance of two long names costs their product.
  if (name.length > 50) return undefined;
  const [nearest] = byDistance(name, known);
  if (nearest === undefined) return undefined;
  return nearest.distance <= Math.ceil(nearest.it.length / 3) ? nearest.it : undefined;
}

/** Known names with their edit distances from a name, the nearest first; case does not count. Equal ones keep their order. */
export function byDistance(
  name: string,
  known: readonly string[],
): { readonly it: string; readonly distance: number }[] {
  return known
    .map((it) => ({ it, distance: editDistance(name.toLowerCase(), it.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
}

/** How many letters must be put in, taken out or changed to make one of the other: Levenshtein's, row by row. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
