import type { Point } from "./miller.ts";

/** Whether a point lies within a closed line: a ray from it crosses the line an odd number of times. */
export function isWithin({ x, y }: Point, line: readonly Point[]): boolean {
  let isInside = false;
  line.forEach((a, i) => {
    const b = line[(i + 1) % line.length] ?? a;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
  });
  return isInside;
}
