import { expect, it } from "vitest";
import { byPopCount } from "../../../domain/pops/recs.ts";

it("most POPs first, then by name, those without a known REC last, however many", () => {
  const recs = [
    { rec: null, pops: 9 },
    { rec: "Tokyo", pops: 2 },
    { rec: "Mumbai", pops: 2 },
    { rec: "Singapore", pops: 5 },
  ];
  expect(recs.toSorted(byPopCount).map(({ rec }) => rec)).toEqual(["Singapore", "Mumbai", "Tokyo", null]);
});
