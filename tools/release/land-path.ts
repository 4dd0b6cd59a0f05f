import * as z from "zod";
import { MAP_HEIGHT, MAP_WIDTH, type Point, project } from "../../console/map/miller.ts";

/** The path is written in units so many times as small: whole numbers are short. */
export const PATH_UNITS = 1;

/** Less than a pixel on a wide screen, squared. */
const MIN_AREA = 1.4;

/** The outlines of all countries on the map, as the `d` of an SVG path. Islands of under a pixel are left away. */
export function landPath(topology: Topology): string {
  const lines = linesOf(topology).map((line) =>
    simplify(
      line.map(([longitude, latitude]) => unit(project(Math.max(-85, Math.min(85, latitude)), longitude))),
      MIN_AREA * PATH_UNITS,
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

const arcs = z.array(z.array(z.number()));
const polygon = z.object({ type: z.literal("Polygon"), arcs });
const multiPolygon = z.object({ type: z.literal("MultiPolygon"), arcs: z.array(arcs) });

/** What is read of a TopoJSON file of countries: https://github.com/topojson/topojson-specification */
export const topologySchema = z.object({
  transform: z.object({ scale: z.tuple([z.number(), z.number()]), translate: z.tuple([z.number(), z.number()]) }),
  arcs: z.array(z.array(z.tuple([z.number(), z.number()]))),
  objects: z.object({
    countries: z.object({
      geometries: z.array(z.discriminatedUnion("type", [polygon, multiPolygon])),
    }),
  }),
});
type Topology = z.infer<typeof topologySchema>;

/** Degrees: longitude, latitude. */
type Position = readonly [longitude: number, latitude: number];

/** The lines that borders and coasts are made of. Two neighbours share theirs. */
export function linesOf({ arcs, transform }: Topology): Position[][] {
  const [[sx, sy], [tx, ty]] = [transform.scale, transform.translate];
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * sx + tx, y * sy + ty] as const;
    });
  });
}

/** Each country's outlines as numbers of lines; `~n` is line n backwards. */
function outlinesOf({ objects }: Topology): number[][] {
  return objects.countries.geometries.flatMap((it) => (it.type === "Polygon" ? it.arcs : it.arcs.flat()));
}

/** An outline's points, each line's first being the last of the line before. */
export function joined<T>(outline: readonly number[], lines: readonly (readonly T[])[]): T[] {
  return outline.flatMap((number, i) => {
    const line = number < 0 ? [...(lines[~number] ?? [])].reverse() : (lines[number] ?? []);
    return i === 0 ? line : line.slice(1);
  });
}

/**
 * A line without the points that hardly bend it (Visvalingam): what is left away is smaller than a triangle of this area. Its
 * ends stay, so lines that met still meet.
 */
function simplify(line: readonly Point[], area: number): Point[] {
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
