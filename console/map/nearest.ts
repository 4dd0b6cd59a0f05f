import type { Point } from "./miller.ts";

export const DIRECTIONS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
} as const satisfies Record<string, Point>;
export type Direction = keyof typeof DIRECTIONS;

export function isDirection(key: string): key is Direction {
  return Object.hasOwn(DIRECTIONS, key);
}

/**
 * The next place in a direction: the nearest of those within 45° of it, where what lies aside counts double. Undefined: there is
 * none.
 */
export function nearestTowards<T extends Point>(
  from: Point,
  places: readonly T[],
  direction: Direction,
): T | undefined {
  const { x, y } = DIRECTIONS[direction];
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const [dx, dy] = [place.x - from.x, place.y - from.y];
    const ahead = dx * x + dy * y;
    const aside = Math.abs(dx * y) + Math.abs(dy * x);
    if (ahead <= 0 || aside > ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [place, cost];
  }
  return best;
}

/** The nearest place to a point. */
export function nearestTo<T extends Point>(from: Point, places: readonly T[]): T | undefined {
  const distance = (place: T) => Math.hypot(place.x - from.x, place.y - from.y);
  return places.reduce<T | undefined>(
    (best, place) => (best === undefined || distance(place) < distance(best) ? place : best),
    undefined,
  );
}
