import { describe, expect, it } from "vitest";
import { Plan, type Task } from "../../../domain/plan/plan.ts";
import type { Distribution } from "../../../domain/request/distribution.ts";
import { collect } from "../../lambdas/fakes.ts";
import { DOMAIN, target } from "../../lambdas/items.ts";

const TWO: Distribution[] = [
  { label: "d1", domain: DOMAIN, names: [DOMAIN, "a.example"], hosts: ["a.example", "x.example"] },
  { label: "d2", names: [], hosts: ["b.example"] },
];
const at = (pop: string, label: string, state: "SENT" | "FAILED" = "SENT") => target(pop, { label, state });
const url = (host: string) => ({ url: `https://${host}/1`, bytes: 1 });
const show = ({ target: { pop }, url: { url }, host }: Task) => `${pop} ${new URL(url).host} as ${host}`;

describe("the tasks of a request", () => {
  const plan = new Plan(TWO, [
    at("SIN2-P1", "d1"),
    at("FRA56-P4", "d1"),
    at("SIN2-P1", "d2", "FAILED"),
    at("GRU1-C2", "d2"),
  ]);

  it("are each URL at each target of its distribution that resolved, under the host that finds it", async () => {
    const tasks = await collect(plan.leads(["a.example", "b.example", "x.example"].map(url)));
    expect(tasks.map(show)).toEqual([
      "SIN2-P1 a.example as a.example",
      "FRA56-P4 a.example as a.example",
      "GRU1-C2 b.example as b.example",
      `SIN2-P1 x.example as ${DOMAIN}`,
      `FRA56-P4 x.example as ${DOMAIN}`,
    ]);
  });

  it("are none where no distribution serves the URL, or none of its targets resolved", async () => {
    expect(plan.tasksOf(url("nobodys.example"))).toBeUndefined();
    expect(await collect(plan.leads([url("nobodys.example")]))).toEqual([]);
    expect(new Plan(TWO, [at("SIN2-P1", "d1", "FAILED")]).tasksOf(url("a.example"))).toBeUndefined();
  });

  it("are numbered within a URL by the place of their target", () => {
    const tasks = plan.tasksOf(url("a.example"));
    expect(tasks?.count).toBe(2);
    expect([...(tasks?.leads() ?? [])].map(({ target }) => tasks?.numberOf(target))).toEqual([0, 1]);
    expect([...(tasks?.tasks((number) => number === 1) ?? [])].map(show)).toEqual(["FRA56-P4 a.example as a.example"]);
    expect(tasks?.numberOf({ pop: "GRU1-C2" })).toBeUndefined();
  });
});
