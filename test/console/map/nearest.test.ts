import { expect, test } from "vitest";
import { isDirection, nearestTo, nearestTowards } from "../../../console/map/nearest.ts";

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

test("at the edge there is none, and itself is none", () => {
  expect(nearestTowards(HERE, [HERE, place("up", 0, -4)], "ArrowRight")).toBeUndefined();
});

test("the nearest to a point; none of none", () => {
  expect(nearestTo({ x: 9, y: 0 }, [HERE, place("ten", 10, 0)])?.id).toBe("ten");
  expect(nearestTo(HERE, [])).toBeUndefined();
});

test("only arrows are directions", () => {
  expect(["ArrowUp", "Enter", "toString"].filter(isDirection)).toEqual(["ArrowUp"]);
});
