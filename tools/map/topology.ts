import * as z from "zod";

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
export type Topology = z.infer<typeof topologySchema>;

/** Degrees: longitude, latitude. */
export type Position = readonly [longitude: number, latitude: number];

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
export function outlinesOf({ objects }: Topology): number[][] {
  return objects.countries.geometries.flatMap((it) => (it.type === "Polygon" ? it.arcs : it.arcs.flat()));
}

/** An outline's points, each line's first being the last of the line before. */
export function joined<T>(outline: readonly number[], lines: readonly (readonly T[])[]): T[] {
  return outline.flatMap((number, i) => {
    const line = number < 0 ? [...(lines[~number] ?? [])].reverse() : (lines[number] ?? []);
    return i === 0 ? line : line.slice(1);
  });
}
