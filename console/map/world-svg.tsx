import type { ComponentChildren } from "preact";
import { useWidth } from "../parts/use-width.ts";
import { MAP_HEIGHT, MAP_WIDTH } from "./miller.ts";
import { LAND, LAND_SCALE } from "./world.ts";

/** An element that is not shown is measured as nothing. */
const MIN_WIDTH = 240;
/** The smallest radius of a disc, in CSS pixels. */
const MIN_RADIUS = 3.5;

interface WorldSvgProps {
  readonly label: string;
  /** Draws what lies on the land. @param pixel one CSS pixel in the map's units @param minRadius in the map's units */
  readonly children: (pixel: number, minRadius: number) => ComponentChildren;
}

/** The countries as one picture, and what is drawn on them. Nothing on it can be pressed. */
export function WorldSvg({ label, children }: WorldSvgProps) {
  const [ref, width] = useWidth(420);
  const pixel = MAP_WIDTH / Math.max(MIN_WIDTH, width);
  return (
    <svg ref={ref} viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="img" aria-label={label}>
      <path class="land" d={LAND} transform={`scale(${LAND_SCALE})`} stroke-width={(0.8 * pixel) / LAND_SCALE} />
      {children(pixel, MIN_RADIUS * pixel)}
    </svg>
  );
}
