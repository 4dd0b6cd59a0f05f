import { labelsOf, textWidth } from "../../../console/map/labels.ts";
import { isWithin } from "../../../console/map/lasso.ts";
import { MAP_HEIGHT, MAP_WIDTH } from "../../../console/map/miller.ts";
import { isDirection, nearestTo, nearestTowards } from "../../../console/map/nearest.ts";
import { centreOf, heightOf, panned, showing, WHOLE, zoomed, zoomOf } from "../../../console/map/view-box.ts";
import { times } from "../../collect.ts";

const WITHIN = { left: 0, top: 0, right: 500, bottom: 300 };
const tokyo = { id: "Tokyo", text: "Tokyo 4", x: 200, y: 100, radius: 6 };

test("a text stands to the right of its place, where nothing is in the way", () => {
  const [label] = labelsOf([tokyo], [], 12, WITHIN);
  expect(label?.x).toBeGreaterThan(206);
  expect(label?.leader).toBeUndefined();
});

test("a text goes to another side where it would hide something", () => {
  const [label] = labelsOf([tokyo], [{ x: 230, y: 100, radius: 6, weight: 3 }], 12, WITHIN);
  expect(label?.x).toBeLessThan(200);
});

test("a text goes apart, with a line to its place, where all sides are taken", () => {
  const ring = times(24, (i) => ({ ...tokyo, x: 200 + 22 * Math.cos(i), y: 100 + 14 * Math.sin(i), weight: 3 }));
  expect(labelsOf([tokyo], ring, 12, WITHIN)[0]?.leader).toBeDefined();
});

test("a text never covers another text, nor the map's edge", () => {
  const labels = labelsOf([tokyo, { ...tokyo, id: "two" }, { ...tokyo, id: "edge", x: 498 }], [], 12, WITHIN);
  expect(labels).toHaveLength(3);
  expect(new Set(labels.map(({ x, y }) => `${x} ${y}`)).size).toBe(3);
  expect(labels[2]?.x).toBeLessThan(498);
});

test("Chinese characters are as wide as high", () => {
  expect(textWidth("东京", 10)).toBe(20);
  expect(textWidth("ab", 10)).toBeLessThan(13);
});

// A C: its mouth opens to the right.
const LINE = ["0 0", "10 0", "10 3", "3 3", "3 7", "10 7", "10 10", "0 10"].map((point) => {
  const [x = 0, y = 0] = point.split(" ").map(Number);
  return { x, y };
});

test.each([
  [1, 5, true],
  [8, 1, true],
  [8, 9, true],
  [8, 5, false],
  [-1, 5, false],
  [11, 1, false],
])("%i, %i is within the line: %s", (x, y, expected) => expect(isWithin({ x, y }, LINE)).toBe(expected));

const HERE = { id: "here", x: 0, y: 0 };
const place = (id: string, x: number, y: number) => ({ id, x, y });

test("an arrow goes to the nearest place in its direction", () => {
  const places = [HERE, place("near", 10, 1), place("far", 30, 0), place("behind", -5, 0), place("below", 2, 8)];
  expect(nearestTowards(HERE, places, "ArrowRight")?.id).toBe("near");
  expect(nearestTowards(HERE, places, "ArrowLeft")?.id).toBe("behind");
  expect(nearestTowards(HERE, places, "ArrowDown")?.id).toBe("below");
});

test("what lies aside counts double: straight on before near and aside", () => {
  const places = [place("aside", 10, 9), place("straight", 20, 0)];
  expect(nearestTowards(HERE, places, "ArrowRight")?.id).toBe("straight");
});

test("at the edge there is none, and itself is none", () =>
  expect(nearestTowards(HERE, [HERE, place("up", 0, -4)], "ArrowRight")).toBeUndefined());

test("the nearest to a point; none of none", () => {
  expect(nearestTo({ x: 9, y: 0 }, [HERE, place("ten", 10, 0)])?.id).toBe("ten");
  expect(nearestTo(HERE, [])).toBeUndefined();
});

test("only arrows are directions", () =>
  expect(["ArrowUp", "Enter", "toString"].filter(isDirection)).toEqual(["ArrowUp"]));

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
