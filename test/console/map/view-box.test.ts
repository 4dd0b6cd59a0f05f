import { expect, test } from "vitest";
import { MAP_HEIGHT, MAP_WIDTH } from "../../../console/map/miller.ts";
import { centreOf, heightOf, panned, showing, WHOLE, zoomed, zoomOf } from "../../../console/map/view-box.ts";

test("the place under the pointer stays where it is", () => {
  const at = { x: 400, y: 200 };
  const view = zoomed(WHOLE, 2, at);
  expect(zoomOf(view)).toBe(2);
  expect([(at.x - view.x) / view.width, (at.y - view.y) / heightOf(view)]).toEqual([
    at.x / MAP_WIDTH,
    expect.closeTo(at.y / MAP_HEIGHT),
  ]);
});

test("no smaller than the whole map, no larger than eight times", () => {
  expect(zoomed(WHOLE, 0.5, centreOf(WHOLE))).toEqual(WHOLE);
  expect(zoomOf(zoomed(WHOLE, 100, centreOf(WHOLE)))).toBe(8);
});

test("it is never moved over the map's edge", () => {
  const view = zoomed(WHOLE, 4, centreOf(WHOLE));
  expect(panned(view, { x: -9_999, y: 9_999 })).toMatchObject({ x: 0, y: MAP_HEIGHT - heightOf(view) });
});

test("a place is brought into view, and one that is in view moves nothing", () => {
  const view = zoomed(WHOLE, 4, { x: 0, y: 0 });
  const moved = showing(view, { x: 900, y: 300 });
  expect(moved.x).toBeLessThan(900);
  expect(moved.x + moved.width).toBeGreaterThan(900);
  expect(showing(moved, centreOf(moved))).toEqual(moved);
});
