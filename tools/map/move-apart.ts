import type { Point } from "../../console/map/miller.ts";

/** A disc on the map. */
export interface Disc extends Point {
  readonly name: string;
  readonly radius: number;
}

const GAP = 1;
const ROUNDS = 3_000;
/** How strongly a disc is drawn back to its place in a round, while there are rounds left. */
const BACK = 0.04;

/** The discs, moved as little as it takes until none overlaps another. @throws Error if there is no room */
export function moveApart(discs: readonly Disc[]): Disc[] {
  const moved = discs.map((disc) => ({ ...disc }));
  for (let round = 0; round < ROUNDS; round++) {
    const isLate = round > ROUNDS * 0.6;
    if (!isLate) {
      moved.forEach((disc, i) => {
        disc.x += ((discs[i]?.x ?? disc.x) - disc.x) * BACK;
        disc.y += ((discs[i]?.y ?? disc.y) - disc.y) * BACK;
      });
    }
    if (!pushAll(moved) && isLate) return moved;
  }
  throw new Error("There is no room for the discs");
}

/** @returns whether one was pushed */
function pushAll(discs: { x: number; y: number; readonly radius: number }[]): boolean {
  let isPushed = false;
  discs.forEach((a, i) => {
    for (const b of discs.slice(i + 1)) {
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const distance = Math.hypot(dx, dy);
      const lacks = a.radius + b.radius + GAP - distance;
      if (lacks <= 0) continue;
      isPushed = true;
      // Two at one place go apart sideways.
      const [ux, uy] = distance < 0.01 ? [1, 0] : [dx / distance, dy / distance];
      const step = lacks / 2 + 0.01;
      a.x -= ux * step;
      a.y -= uy * step;
      b.x += ux * step;
      b.y += uy * step;
    }
  });
  return isPushed;
}
