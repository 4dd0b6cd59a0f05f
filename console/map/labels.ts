import type { Point } from "./miller.ts";

/** About how wide a text is, in its font size: Chinese characters are square. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const letter of text) sum += (letter.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.56;
  return sum * size;
}

export interface Labelled extends Point {
  readonly id: string;
  readonly radius: number;
  readonly text: string;
}

export interface Label extends Point {
  readonly id: string;
  readonly text: string;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where texts stand beside their places: on the side where they hide the fewest discs and no text that is there already.
 * @param size of the letters, in the map's units @param within what is seen
 */
export function labelsOf(
  places: readonly Labelled[],
  discs: readonly (Point & { readonly radius: number })[],
  size: number,
  within: Box,
): Label[] {
  const taken: Box[] = [];
  return places.flatMap((place) => {
    const width = textWidth(place.text, size);
    const boxes = sidesOf(place, width, size).filter((box) => isIn(box, within) && !taken.some((it) => meet(it, box)));
    const cost = (box: Box) => discs.filter((disc) => meet(box, around(disc))).length;
    const best = boxes.reduce<Box | undefined>(
      (least, box) => (least === undefined || cost(box) < cost(least) ? box : least),
      undefined,
    );
    if (best === undefined) return [];
    taken.push(best);
    return [{ id: place.id, text: place.text, x: best.left, y: best.bottom - size * 0.22 }];
  });
}

function sidesOf({ x, y, radius }: Labelled, width: number, size: number): Box[] {
  const gap = size * 0.35;
  const box = (left: number, top: number) => ({ left, top, right: left + width, bottom: top + size });
  const [right, left] = [x + radius + gap, x - radius - gap - width];
  const [above, below] = [y - radius - gap - size, y + radius + gap];
  return [
    ...[box(right, y - size / 2), box(left, y - size / 2), box(x - width / 2, above), box(x - width / 2, below)],
    ...[box(right, above), box(right, below), box(left, above), box(left, below)],
  ];
}

function around({ x, y, radius }: Point & { readonly radius: number }): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function isIn(box: Box, within: Box): boolean {
  return box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom;
}
