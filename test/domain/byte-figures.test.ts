import { byteFigure, unitOf } from "../../domain/format.ts";

it.each([
  [0, 0, 0, "B"],
  [999, 999, 0, "B"],
  [1_000, 1, 2, "kB"],
  [41_900_000_000, 41.9, 1, "GB"],
  [672_000_000_000, 672, 0, "GB"],
  // Each of these would be written with four digits in the smaller unit, or with two behind 9.99.
  [999_600, 0.9996, 2, "MB"],
  [99_960_000, 99.96, 0, "MB"],
  [9_996_000, 9.996, 1, "MB"],
  [5e18, 5_000, 0, "PB"],
  [-5, 0, 0, "B"],
] as const)("%d bytes", (bytes, value, digits, unit) =>
  expect(byteFigure(bytes)).toEqual({ value: expect.closeTo(value, 6), digits, unit }),
);

it("a part has the unit of the whole", () =>
  expect(byteFigure(850_000_000, unitOf(3_060_000_000_000))).toEqual({ value: 0.000_85, digits: 2, unit: "TB" }));
