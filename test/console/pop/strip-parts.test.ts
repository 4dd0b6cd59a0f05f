import { describe, expect, it } from "vitest";
import { outcomeOf, stripParts } from "../../../console/pop/strip-parts.ts";

const bucket = (state: "warm" | "failed" | "not_kept" | "not_tried") => ({ state, first: 1, tasks: 1, failed: 0 });

describe("stripParts", () => {
  it("has the whole width, and what is bad stands out by its height", () => {
    const parts = stripParts([bucket("warm"), bucket("failed"), bucket("not_kept"), bucket("not_tried")], {
      width: 400,
      height: 40,
      widest: 200,
    });
    expect(parts.map(({ x, width }) => [x, width])).toEqual([0, 100, 200, 300].map((x) => [x, 99]));
    expect(parts.map(({ y, height }) => [y, height])).toEqual([
      [16, 24],
      [0, 40],
      [0, 40],
      [16, 24],
    ]);
  });

  it("of a few stay narrow; of 120 in a narrow window none is lost", () => {
    expect(stripParts([bucket("warm")], { width: 400, height: 40, widest: 12 })[0]?.width).toBe(11);
    const parts = stripParts(
      Array.from({ length: 120 }, () => bucket("warm")),
      { width: 200, height: 40, widest: 12 },
    );
    expect(parts.every(({ width }) => width >= 1)).toBe(true);
    expect(stripParts([], { width: 200, height: 40, widest: 12 })).toEqual([]);
  });
});

it("what was not tried has the shape of what waits", () => {
  expect([outcomeOf("not_tried"), outcomeOf("failed")]).toEqual(["waiting", "failed"]);
});
