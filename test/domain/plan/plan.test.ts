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

describe("under lead-first, the tasks of a URL", () => {
  const POPS = ["NRT57-P3", "FRA56-P4", "KIX50-C1", "MUC50-P1", "NRT20-C1"];
  const targets = [...POPS.map((pop) => at(pop, "d1")), at("ITM50-C1", "d1", "FAILED"), at("NRT57-P3", "d2")];
  const plan = new Plan(TWO, targets, "lead-first");
  const urls = Array.from({ length: 40 }, (_, i) => ({ url: `https://a.example/${i}`, bytes: 1 }));
  const line = ({ target, followers, url: { url } }: Task) =>
    [url, target.pop, ...followers.map(({ pop }) => pop)].join(" ");

  it("are queued under a lead of each REC, that resolved", () => {
    const [tokyo, frankfurt, ...others] = plan.tasksOf(url("a.example"))?.leads() ?? [];
    const popsOf = (task: Task | undefined) =>
      task && [task.target, ...task.followers].map(({ pop }) => pop).toSorted();
    expect(popsOf(tokyo)).toEqual(["KIX50-C1", "NRT20-C1", "NRT57-P3"]);
    expect(popsOf(frankfurt)).toEqual(["FRA56-P4", "MUC50-P1"]);
    expect(others).toEqual([]);
    expect(plan.tasksOf(url("a.example"))?.count).toBe(5);
  });

  it("are led by somebody, whom each target can tell by itself", async () => {
    const together = (await collect(plan.leads(urls))).map(line);
    const apart = await Promise.all(targets.map((target) => collect(plan.leads(urls, target))));
    expect(apart.flat().map(line).toSorted()).toEqual(together.toSorted());
    expect(together).toHaveLength(2 * urls.length);
    // The one that did not resolve, and the one of the other distribution, lead none of them.
    expect(apart.map((led) => led.length > 0)).toEqual([...POPS.map(() => true), false, false]);
  });

  it("are led by the same POP in all variants", async () => {
    const variants = ["br", "gzip"].map((variant) => ({ ...url("a.example"), variant }));
    const led = await collect(plan.leads(variants));
    const leadsOf = (variant: string) => led.filter(({ url }) => url.variant === variant).map(line);
    expect(leadsOf("br")).toEqual(leadsOf("gzip"));
  });

  it("that are missing alone are led by the first of them in line", () => {
    const tasks = plan.tasksOf(url("a.example"));
    const [all] = tasks?.leads() ?? [];
    const [, second, third] = [all?.target, ...(all?.followers ?? [])].map((it) => it?.pop ?? "");
    const missing = [second, third].map((pop) => tasks?.numberOf({ pop: pop ?? "" }));
    const [lead, ...others] = tasks?.leads((number) => missing.includes(number)) ?? [];
    expect([lead?.target.pop, lead?.followers.map(({ pop }) => pop)]).toEqual([second, [third]]);
    expect(others).toEqual([]);
  });
});
