import { LAND, LAND_SCALE } from "./world.ts";

/** The countries. @param pixel one CSS pixel in the map's units */
export function Land({ pixel }: { readonly pixel: number }) {
  return <path class="land" d={LAND} transform={`scale(${LAND_SCALE})`} stroke-width={(0.8 * pixel) / LAND_SCALE} />;
}
