import type { Point } from "./miller.ts";

/** About how wide a text is, in its font size: Chinese characters are square. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const letter of text) sum += (letter.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.64;
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
  /** A line to its place, where it stands apart from it. */
  readonly leader: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } | undefined;
}

/** What a text should not hide, and how much it matters. */
export interface Obstacle extends Point {
  readonly radius: number;
  readonly weight: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How far from its place a text may stand, in its font size. The first needs no line. */
const DISTANCES = [0.35, 1.6, 3, 4.6, 6.4];

/**
 * Where texts stand beside their places: where they hide the least, near rather than far, and no text that is there already.
 * @param size of the letters, in the map's units @param within what is seen
 */
export function labelsOf(
  places: readonly Labelled[],
  obstacles: readonly Obstacle[],
  size: number,
  within: Box,
): Label[] {
  const taken: Box[] = [];
  return places.flatMap((place) => {
    const free = DISTANCES.flatMap((distance, far) =>
      sidesOf(place, textWidth(place.text, size), size, distance * size)
        .filter((box) => isIn(box, within) && !taken.some((it) => meet(it, box)))
        .map((box) => ({ box, far, cost: far * 0.9 + hidden(box, obstacles) })),
    );
    const [first, ...others] = free;
    if (first === undefined) return [];
    const { box, far } = others.reduce((best, it) => (it.cost < best.cost ? it : best), first);
    taken.push(box);
    return [
      {
        id: place.id,
        text: place.text,
        x: box.left,
        y: box.bottom - size * 0.22,
        leader: far === 0 ? undefined : leaderOf(place, box),
      },
    ];
  });
}

function hidden(box: Box, obstacles: readonly Obstacle[]): number {
  return obstacles.reduce((sum, it) => sum + (meet(box, around(it)) ? it.weight : 0), 0);
}

function sidesOf({ x, y, radius }: Labelled, width: number, size: number, gap: number): Box[] {
  const box = (left: number, top: number) => ({ left, top, right: left + width, bottom: top + size });
  const [right, left] = [x + radius + gap, x - radius - gap - width];
  const [above, below] = [y - radius - gap - size, y + radius + gap];
  return [
    ...[box(right, y - size / 2), box(left, y - size / 2), box(x - width / 2, above), box(x - width / 2, below)],
    ...[box(right, above), box(right, below), box(left, above), box(left, below)],
  ];
}

function leaderOf({ x, y, radius }: Labelled, box: Box): Label["leader"] {
  const [x2, y2] = [Math.min(Math.max(x, box.left), box.right), Math.min(Math.max(y, box.top), box.bottom)];
  const length = Math.hypot(x2 - x, y2 - y);
  const share = length === 0 ? 0 : radius / length;
  return { x1: x + (x2 - x) * share, y1: y + (y2 - y) * share, x2, y2 };
}

function around({ x, y, radius }: Obstacle): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

const meet = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function isIn(box: Box, within: Box): boolean {
  return box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom;
}
