import { listPops, popsToRecord } from "../../../domain/pops/list-pops.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { selectPops } from "../../../domain/pops/select.ts";

const codes = (rows: ReturnType<typeof listPops>) => rows.map(({ code }) => code);

it("the rows of GET /pops have what is not in the catalogue at its place by code", () => {
  const all = codes(listPops({}, new Map([["SIN2-P10", 0]])));
  expect(all).toHaveLength(POP_CODES.length + 1);
  expect(all[all.indexOf("SIN2-P10") - 1]).toBe("SIN2-P6");
});

it("the rows of GET /pops say of a region's or country's set exactly what a request by that name warms", () => {
  const rows = listPops({}, new Map());
  const setOf = (name: string) => codes(rows.filter((row) => row.default_of.includes(name)));
  expect(setOf("eu").sort()).toEqual(selectPops("region", ["eu"]).pops.sort());
  expect(setOf("india").sort()).toEqual(selectPops("country", ["india"]).pops.sort());
});

it("the rows of GET /pops have no REC in China, and no basis of one", () => {
  const china = listPops({ region: "cn" }, new Map());
  expect(china.map(({ rec, rec_basis, country }) => [rec, rec_basis, country])).toEqual(
    china.map(() => [null, null, "CN"]),
  );
  expect(codes(china)).toEqual(["BJS9-E1", "PVG52-E1", "SZX51-E1", "ZHY50-E1"]);
});

const NOW = Date.parse("2024-04-16T03:12:21Z");

it("a POP that resolved is not noted where the last note is of a clock that was ahead", () =>
  expect(popsToRecord(["SIN2-P1"], new Map([["SIN2-P1", NOW + 5]]), NOW)).toEqual([]));

it("a POP that resolved is noted once, though it resolved under several distributions", () =>
  expect(popsToRecord(["SIN2-P1", "SIN2-P1"], new Map(), NOW)).toEqual(["SIN2-P1"]));
