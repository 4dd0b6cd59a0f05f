import { askedFirst, wishOf } from "../../../console/instances/wish.ts";

it.each([
  ["", 20, { wanted: undefined, problem: undefined }],
  [" 4 ", 20, { wanted: 4, problem: undefined }],
  ["0", 20, { wanted: 0, problem: undefined }],
  ["21", 20, { wanted: undefined, problem: "overCap" }],
  ["21", undefined, { wanted: 21, problem: undefined }],
  ["301", undefined, { wanted: undefined, problem: "overCap" }],
  ["1.5", 20, { wanted: undefined, problem: "notNumber" }],
  ["-1", 20, { wanted: undefined, problem: "notNumber" }],
  ["1e3", 20, { wanted: undefined, problem: "notNumber" }],
])("'%s' of at most %s", (typed, cap, wish) => expect(wishOf(typed, cap)).toEqual(wish));

it("asks above ten, and at none, which pauses", () =>
  expect([0, 1, 10, 11].map(askedFirst)).toEqual([true, false, false, true]));
