import { MAP_HEIGHT, MAP_WIDTH, type Point } from "./miller.ts";

/** The part of the map that is seen, in the map's units. Its shape is always the map's. */
export interface ViewBox extends Point {
  readonly width: number;
}

export const WHOLE: ViewBox = { x: 0, y: 0, width: MAP_WIDTH };
const MAX_ZOOM = 8;

export const zoomOf = ({ width }: ViewBox): number => MAP_WIDTH / width;
export const heightOf = ({ width }: ViewBox): number => (width * MAP_HEIGHT) / MAP_WIDTH;

/** Larger or smaller around a point, which stays where it is seen. @param factor over 1: larger */
export function zoomed(view: ViewBox, factor: number, at: Point): ViewBox {
  const width = Math.min(MAP_WIDTH, Math.max(MAP_WIDTH / MAX_ZOOM, view.width / factor));
  const share = width / view.width;
  return kept({ x: at.x - (at.x - view.x) * share, y: at.y - (at.y - view.y) * share, width });
}

export function panned(view: ViewBox, by: Point): ViewBox {
  return kept({ ...view, x: view.x + by.x, y: view.y + by.y });
}

/** Moved as little as it takes to show a point that is not too near its edge. */
export function showing(view: ViewBox, { x, y }: Point): ViewBox {
  const [width, height] = [view.width, heightOf(view)];
  const margin = width / 12;
  return kept({
    width,
    x: Math.min(x - margin, Math.max(x + margin - width, view.x)),
    y: Math.min(y - margin, Math.max(y + margin - height, view.y)),
  });
}

export function centreOf(view: ViewBox): Point {
  return { x: view.x + view.width / 2, y: view.y + heightOf(view) / 2 };
}

/** Never beyond the map's edge. */
function kept(view: ViewBox): ViewBox {
  const within = (value: number, most: number) => Math.min(Math.max(0, value), Math.max(0, most));
  return {
    width: view.width,
    x: within(view.x, MAP_WIDTH - view.width),
    y: within(view.y, MAP_HEIGHT - heightOf(view)),
  };
}
