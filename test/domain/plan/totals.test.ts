import { describe, expect, it } from "vitest";
import { totalsOf } from "../../../domain/plan/plan.ts";
import type { Target } from "../../../domain/plan/target.ts";
import { fromRow } from "../../../domain/plan/task.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import { target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const totals = (
  rows: string[][],
  distributions: readonly Distribution[],
  targets: readonly Target[],
  pops?: string[],
) => totalsOf(planOf(distributions, targets, undefined, pops), rows.map(fromRow));
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
    expect(await totals(rows, ONE, [at("SIN2-P1"), at("FRA56-P4"), dead("XXX1-P1")])).toEqual({
      ...sum,
      lane: "express",
      planned: [at("SIN2-P1"), at("FRA56-P4"), dead("XXX1-P1")],
    });
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
      total_count: 3,
      total_size: 25,
      tasks_per_target: { d1: 1, d2: 1 },
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

  it("sends a request of many bytes to the main queue only if a file is large", async () => {
    const sized = (bytes: number) => Array.from({ length: 64 }, (_, i) => [`https://a.example/${i}`, String(bytes)]);
    expect(await totals(sized(30e6), ONE, [at("SIN2-P1")])).toMatchObject({ lane: "main" });
    expect(await totals(sized(16e6), ONE, [at("SIN2-P1")])).toMatchObject({ lane: "express" });
    // One whose distribution has no target is not downloaded.
    const elsewhere = [
      { label: "d1", names: [], hosts: ["b.example"] },
      ...ONE.map(() => ({ label: "d2", names: [], hosts: ["a.example"] })),
    ];
    const lost = [["https://b.example/lost", "5000000000"]];
    expect(await totals([...sized(16e6), ...lost], elsewhere, [at("SIN2-P1", "d2")])).toMatchObject({
      lane: "express",
    });
  });

  it("spreads the results of many tasks", async () => {
    const many = Array.from({ length: 5_001 }, (_, i) => [`https://a.example/${i}`, "1"]);
    expect(await totals(many, ONE, [at("SIN2-P1"), at("FRA56-P4")])).toMatchObject({ total_count: 10_002, shards: 3 });
  });

  it("of URLs that are wanted at some POPs alone is told target by target", async () => {
    const some = [...rows, ["https://a.example/3", "100", "", "", "05"], ["https://a.example/4", "1000", "", "", "03"]];
    const targets = [at("SIN2-P1"), at("FRA56-P4"), dead("XXX1-P1")];
    expect(await totals(some, ONE, targets, ["SIN2-P1", "FRA56-P4", "XXX1-P1"])).toMatchObject({
      total_count: 2 * 2 + 1 + 2,
      total_size: 30 + 100 + 2_000,
      tasks_per_target: { d1: 2 },
      planned: [{ own_tasks: 2 }, { own_tasks: 1 }, dead("XXX1-P1")],
    });
    const alone = await totals(some.slice(2), ONE, targets, ["SIN2-P1", "FRA56-P4", "XXX1-P1"]);
    expect(alone).toMatchObject({ total_count: 3, tasks_per_target: { d1: 0 } });
  });
});
