import { isInPriceClass, PRICE_CLASSES } from "../../../domain/pops/price-classes.ts";

it.each([
  ["FRA60-P1", [true, true, true]],
  ["IAD89-P1", [true, true, true]],
  ["NRT57-P3", [false, true, true]],
  ["BOM78-P1", [false, true, true]],
  ["GRU1-C2", [false, false, true]],
  ["SYD1-C1", [false, false, true]],
  ["QQQ1-P1", [true, true, true]],
])("the price classes of %s", (pop, expected) => {
  expect(PRICE_CLASSES.map((it) => isInPriceClass(pop, it))).toEqual(expected);
});
