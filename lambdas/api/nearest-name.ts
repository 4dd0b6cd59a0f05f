import { editDistance } from "../../domain/edit-distance.ts";

/** The known name that was most likely meant; undefined when none is near: at most every third letter may be wrong. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Longer than any of ours by far, and the distance of two long names costs their product.
  if (name.length > 50) return undefined;
  const distances = known.map((it) => ({ it, distance: editDistance(name.toLowerCase(), it.toLowerCase()) }));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) return undefined;
  return nearest.distance <= Math.ceil(nearest.it.length / 3) ? nearest.it : undefined;
}
