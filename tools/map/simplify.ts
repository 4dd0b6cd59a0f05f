import type { Point } from "../../console/map/miller.ts";

/**
 * A line without the points that hardly bend it (Visvalingam): what is left away is smaller than a triangle of this area. Its
 * ends stay, so lines that met still meet.
 */
export function simplify(line: readonly Point[], area: number): Point[] {
  const left = [...line];
  while (left.length > 2) {
    const sizes = left.slice(1, -1).map((point, i) => triangle(left[i] ?? point, point, left[i + 2] ?? point));
    const least = Math.min(...sizes);
    if (least >= area) break;
    left.splice(sizes.indexOf(least) + 1, 1);
  }
  return left;
}

function triangle(a: Point, b: Point, c: Point): number {
  return Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
}
