import { describe, expect, it } from "vitest";
import { Plan } from "../../../domain/plan/plan.ts";
import { fromRow } from "../../../domain/plan/task-url.ts";
import { totalsOf } from "../../../domain/plan/totals.ts";
import { target } from "../../lambdas/items.ts";

const totals = (rows: string[][], ...plan: ConstructorParameters<typeof Plan>) =>
  totalsOf(new Plan(...plan), rows.map(fromRow));
const ONE = [{ label: "d1", names: [] }];
const at = (pop: string, label = "d1") => target(pop, { label, state: "RESOLVED" });
const dead = (pop: string, label = "d1") => target(pop, { label, state: "FAILED" });
const rows = [
  ["https://a.example/1", "10"],
  ["https://b.example/2", "5"],
];

describe("how much there is to do", () => {
  it("is every good URL at each POP that resolved", async () => {
    const sum = { total_count: 4, total_size: 30, sizes_known: true, shards: 1, tasks_per_target: { d1: 2 } };
    expect(await totals(rows, ONE, [at("SIN2-P1"), at("FRA56-P4"), dead("XXX1-P1")])).toEqual(sum);
  });

  it("goes by each URL's own distribution", async () => {
    const found = [
      { label: "d1", names: [], hosts: ["a.example"] },
      { label: "d2", names: [], hosts: ["b.example"] },
      { label: "d3", names: [], hosts: ["c.example"] },
    ];
    const targets = [
      at("SIN2-P1"),
      at("FRA56-P4"),
      at("SIN2-P1", "d2"),
      dead("FRA56-P4", "d2"),
      dead("FRA56-P4", "d3"),
    ];
    const lost = ["https://c.example/3", "100"];
    expect(await totals([...rows, lost], found, targets)).toMatchObject({
      ...{ total_count: 3, total_size: 25, tasks_per_target: { d1: 1, d2: 1 } },
    });
  });

  it("counts only the bytes that are known, and says so", async () => {
    const some = [...rows, ["https://a.example/3", ""]];
    expect(await totals(some, ONE, [at("SIN2-P1")])).toMatchObject({
      total_count: 3,
      total_size: 15,
      sizes_known: false,
    });
    expect(await totals([["https://a.example/", "0"]], ONE, [at("SIN2-P1")])).toMatchObject({ sizes_known: true });
  });

  it("spreads the results of many tasks", async () => {
    const many = Array.from({ length: 5_001 }, (_, i) => [`https://a.example/${i}`, "1"]);
    expect(await totals(many, ONE, [at("SIN2-P1"), at("FRA56-P4")])).toMatchObject({ total_count: 10_002, shards: 3 });
  });
});
