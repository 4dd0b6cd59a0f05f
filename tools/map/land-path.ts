import { MAP_HEIGHT, MAP_WIDTH, type Point, project } from "../../console/map/miller.ts";
import { simplify } from "./simplify.ts";
import { joined, linesOf, outlinesOf, type Topology } from "./topology.ts";

/** The path is written in units so many times as small: whole numbers are short. */
export const PATH_UNITS = 1;

/** Less than a pixel on a wide screen, squared. */
const LEAST_AREA = 1.4;

/** The outlines of all countries on the map, as the `d` of an SVG path. Islands of under a pixel are left away. */
export function landPath(topology: Topology): string {
  const lines = linesOf(topology).map((line) =>
    simplify(
      line.map(([longitude, latitude]) => unit(project(Math.max(-85, Math.min(85, latitude)), longitude))),
      LEAST_AREA * PATH_UNITS,
    ),
  );
  return outlinesOf(topology)
    .map((outline) => whole(joined(outline, lines)).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })))
    .filter(isSeen)
    .map(written)
    .join("");
}

const unit = ({ x, y }: Point): Point => ({ x: x * PATH_UNITS, y: y * PATH_UNITS });

const AROUND = (project(0, 180).x - project(0, -180).x) * PATH_UNITS;

/** An outline over the 180th meridian without the leap to the other side of the map, where most of it lies. */
function whole(outline: readonly Point[]): Point[] {
  let before = outline[0]?.x ?? 0;
  const points = outline.map(({ x, y }) => {
    before = x - Math.round((x - before) / AROUND) * AROUND;
    return { x: before, y };
  });
  const mean = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const middle = (project(0, 0).x * PATH_UNITS - mean) / AROUND;
  return points.map(({ x, y }) => ({ x: x + Math.round(middle) * AROUND, y }));
}

function isSeen(outline: readonly Point[]): boolean {
  const [xs, ys] = [outline.map(({ x }) => x), outline.map(({ y }) => y)];
  const inside =
    Math.max(...xs) > 0 &&
    Math.min(...xs) < MAP_WIDTH * PATH_UNITS &&
    Math.max(...ys) > 0 &&
    Math.min(...ys) < MAP_HEIGHT * PATH_UNITS;
  return inside && areaOf(outline) > 6;
}

function areaOf(outline: readonly Point[]): number {
  return Math.abs(
    outline.reduce((sum, a, i) => {
      const b = outline[(i + 1) % outline.length] ?? a;
      return sum + a.x * b.y - b.x * a.y;
    }, 0) / 2,
  );
}

/** One absolute point, then steps: `m` with more than one pair draws lines. */
function written(outline: readonly Point[]): string {
  let before: Point = { x: 0, y: 0 };
  const steps = outline.slice(0, -1).flatMap((point, i) => {
    const step = { x: point.x - before.x, y: point.y - before.y };
    before = point;
    return i > 0 && step.x === 0 && step.y === 0 ? [] : [step];
  });
  return `M${steps
    .map(({ x, y }) => `${x} ${y}`)
    .join(" ")
    .replace(/ -/g, "-")
    .replace(/^(-?\d+)[ ]?(-?\d+)[ ]?/, "$1 $2l")}z`;
}
