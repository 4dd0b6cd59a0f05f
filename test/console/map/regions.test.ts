import { expect, test } from "vitest";
import { defaultSelection, nextOfRegion, popsOfRegion } from "../../../console/map/regions.ts";
import { listPops } from "../../../domain/pops/list-pops.ts";
import { selectPops } from "../../../domain/pops/select.ts";

const CATALOGUE = listPops({}, new Map());

test("at first the default sets are chosen: what a request without POPs would warm", () => {
  expect([...defaultSelection(CATALOGUE)].sort()).toEqual(selectPops("region", []).pops.sort());
});

test("a region's chip: its default set, all of it, none, and again", () => {
  const { all } = popsOfRegion(CATALOGUE, "ca");
  const first = nextOfRegion(CATALOGUE, "ca", new Set(["SIN2-P1"]));
  expect([...first].sort()).toEqual(["SIN2-P1", "YUL62-C1", "YUL62-C2"]);
  const second = nextOfRegion(CATALOGUE, "ca", first);
  expect(second.size).toBe(all.length + 1);
  const third = nextOfRegion(CATALOGUE, "ca", second);
  expect([...third]).toEqual(["SIN2-P1"]);
});

test("where some are chosen by hand, the next is all", () => {
  const { all } = popsOfRegion(CATALOGUE, "sa");
  const one = all.at(-1) ?? "";
  expect(nextOfRegion(CATALOGUE, "sa", new Set([one])).size).toBe(all.length);
});

test("Japan is in two regions: without it, Asia has some, not all", () => {
  const asia = new Set(popsOfRegion(CATALOGUE, "apac").all);
  const left = nextOfRegion(CATALOGUE, "jp", asia);
  expect(left.size).toBe(asia.size - popsOfRegion(CATALOGUE, "jp").all.length);
});
