import { describe, expect, test } from "vitest";
import { labelsOf, textWidth } from "../../../console/map/labels.ts";

const WITHIN = { left: 0, top: 0, right: 500, bottom: 300 };
const tokyo = { id: "Tokyo", text: "Tokyo 4", x: 200, y: 100, radius: 6 };

describe("a text", () => {
  test("stands to the right of its place, where nothing is in the way", () => {
    const [label] = labelsOf([tokyo], [], 12, WITHIN);
    expect(label?.x).toBeGreaterThan(206);
    expect(label?.leader).toBeUndefined();
  });

  test("goes to another side where it would hide something", () => {
    const [label] = labelsOf([tokyo], [{ x: 230, y: 100, radius: 6, weight: 3 }], 12, WITHIN);
    expect(label?.x).toBeLessThan(200);
  });

  test("goes apart, with a line to its place, where all sides are taken", () => {
    const ring = Array.from({ length: 24 }, (_, i) => ({
      x: 200 + 22 * Math.cos(i),
      y: 100 + 14 * Math.sin(i),
      radius: 6,
      weight: 3,
    }));
    expect(labelsOf([tokyo], ring, 12, WITHIN)[0]?.leader).toBeDefined();
  });

  test("never covers another text, nor the map's edge", () => {
    const labels = labelsOf([tokyo, { ...tokyo, id: "two" }, { ...tokyo, id: "edge", x: 498 }], [], 12, WITHIN);
    expect(labels).toHaveLength(3);
    expect(new Set(labels.map(({ x, y }) => `${x} ${y}`)).size).toBe(3);
    expect(labels[2]?.x).toBeLessThan(498);
  });
});

test("Chinese characters are as wide as high", () => {
  expect(textWidth("东京", 10)).toBe(20);
  expect(textWidth("ab", 10)).toBeLessThan(13);
});
