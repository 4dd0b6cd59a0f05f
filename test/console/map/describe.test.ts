import { expect, test } from "vitest";
import { describe as describePlace } from "../../../console/map/describe.ts";
import type { Mark } from "../../../console/map/metros.ts";
import { readerOf } from "../../../console/session/reader.ts";

const reader = readerOf({ language: "en", theme: "auto", shortcuts: false }, "UTC");
const mark = (changes: Partial<Mark>): Mark => ({
  kind: "metro",
  id: "SIN",
  x: 1,
  y: 2,
  radius: 3,
  rec: "Singapore",
  pops: ["SIN2-P1", "SIN2-P2", "SIN52-C2"],
  isAsleep: false,
  ...changes,
});

test.each([
  [{}, { title: "Singapore", code: "SIN", says: "1 of 3 POPs, REC Singapore" }],
  [
    { isAsleep: true, rec: undefined },
    { title: "Singapore", code: "SIN", says: "1 of 3 POPs, REC not known, not resolved lately" },
  ],
  [{ id: "QQQ" }, { title: "QQQ", code: "QQQ", says: "1 of 3 POPs, REC Singapore" }],
  [
    { kind: "rec", id: "Mumbai" },
    { title: "Mumbai", code: "REC", says: "1 of 3 POPs" },
  ],
] as const)("what is said of a place: %o", (changes, said) => {
  expect(describePlace(mark(changes), new Set(["SIN2-P2"]), reader)).toEqual(said);
});
