import type { Mark } from "./metros.ts";
import { chosenOf, type Selection } from "./selection.ts";

export interface Line {
  readonly key: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** From each REC to those of its metros that have a chosen POP, from rim to rim. */
export function linesOf(metros: readonly Mark[], recs: readonly Mark[], selection: Selection): Line[] {
  return recs.flatMap((rec) =>
    metros
      .filter((metro) => metro.rec === rec.id && chosenOf(metro.pops, selection) > 0)
      .flatMap((metro) => {
        const [dx, dy] = [metro.x - rec.x, metro.y - rec.y];
        const length = Math.hypot(dx, dy);
        if (length <= rec.radius + metro.radius + 2) return [];
        const [ux, uy] = [dx / length, dy / length];
        return [
          {
            key: `${rec.id} ${metro.id}`,
            x1: rec.x + ux * rec.radius,
            y1: rec.y + uy * rec.radius,
            x2: metro.x - ux * metro.radius,
            y2: metro.y - uy * metro.radius,
          },
        ];
      }),
  );
}
