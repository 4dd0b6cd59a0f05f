import { totalsOf } from "../../../domain/plan/plan.ts";
import type { Target, Task } from "../../../domain/plan/target.ts";
import { fromRow } from "../../../domain/plan/task.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import { collect, times } from "../../collect.ts";
import { DOMAIN, target } from "../../lambdas/items.ts";
import { maskOf, planOf } from "../../plan-of.ts";

const TWO: Distribution[] = [
  { label: "d1", domain: DOMAIN, names: [DOMAIN, "a.example"], hosts: ["a.example", "x.example"] },
  { label: "d2", names: [], hosts: ["b.example"] },
];
const at = (pop: string, label = "d1", state: "READY" | "FAILED" = "READY") => target(pop, { label, state });
const url = (host: string) => ({ url: `https://${host}/1`, bytes: 1 });
const show = ({ target: { pop }, url: { url }, host }: Task) => `${pop} ${new URL(url).host} as ${host}`;

describe("the tasks of a request", () => {
  const plan = planOf(TWO, [at("SIN2-P1"), at("FRA56-P4"), at("SIN2-P1", "d2", "FAILED"), at("GRU1-C2", "d2")]);

  it("are each URL at each target of its distribution that resolved, under the host that finds it", async () => {
    const tasks = await collect(plan.unsentLeads(["a.example", "b.example", "x.example"].map(url)));
    expect(tasks.map(show)).toEqual([
      "SIN2-P1 a.example as a.example",
      "FRA56-P4 a.example as a.example",
      "GRU1-C2 b.example as b.example",
      `SIN2-P1 x.example as ${DOMAIN}`,
      `FRA56-P4 x.example as ${DOMAIN}`,
    ]);
  });

  it("are at the same targets for tenants that share a label, each URL under its own host", async () => {
    const tenants = ["a", "b"].map((name) => ({
      label: "d1",
      tenant: `dt_${name}`,
      names: [`${name}.example`],
      hosts: [`${name}.example`],
    }));
    const shared = planOf(tenants, [at("SIN2-P1")]);
    const urls = ["a.example", "b.example"].map(url);
    expect((await collect(shared.unsentLeads(urls))).map(show)).toEqual([
      "SIN2-P1 a.example as a.example",
      "SIN2-P1 b.example as b.example",
    ]);
    expect(await totalsOf(shared, urls)).toMatchObject({ total_count: 2, tasks_per_target: { d1: 2 } });
  });

  it("are wanted at all targets of the distribution, also at those that did not resolve", () => {
    const pops = (host: string) => plan.allTargetsFor(url(host)).map(({ pop }) => pop);
    expect(["a.example", "b.example", "nobodys.example"].map(pops)).toEqual([
      ["SIN2-P1", "FRA56-P4"],
      ["SIN2-P1", "GRU1-C2"],
      [],
    ]);
  });
});

describe("the tasks of a URL", () => {
  const POPS = ["NRT57-P3", "FRA56-P4", "KIX50-C1", "MUC50-P1", "NRT20-C1"];
  const targets = [...POPS.map((pop) => at(pop)), at("ITM50-C1", "d1", "FAILED"), at("NRT57-P3", "d2")];
  const plan = planOf(TWO, targets);
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

  it("are led by the same POP in all variants", async () => {
    const variants = ["br", "gzip"].map((variant) => ({ ...url("a.example"), variant }));
    const led = await collect(plan.unsentLeads(variants));
    const leadsOf = (variant: string) => led.filter(({ url }) => url.variant === variant).map(line);
    expect(leadsOf("br")).toEqual(leadsOf("gzip"));
  });
});

describe("the tasks of a URL that is wanted at some POPs alone", () => {
  // The request's order is not that of the targets.
  const POPS = ["MUC50-P1", "XXX1-P1", "NRT57-P3", "KIX50-C1", "FRA56-P4", "NRT20-C1"];
  const resolved = POPS.filter((pop) => pop !== "XXX1-P1").toSorted();
  const targets = [...resolved.map((pop) => at(pop)), at("XXX1-P1", "d1", "FAILED"), at("KIX50-C1", "d2")];
  const wantedAt = (pops: readonly string[], path = "1") => {
    return { url: `https://a.example/${path}`, bytes: 1, pops: maskOf(pops.map((pop) => POPS.indexOf(pop))) };
  };

  it("are led by the first wanted POP of the REC group", async () => {
    const plan = planOf(TWO, targets, POPS);
    const urls = times(2 ** resolved.length, (n) =>
      wantedAt(
        resolved.filter((_, bit) => (n & (1 << bit)) !== 0),
        String(n),
      ),
    );
    const together = await collect(plan.unsentLeads(urls));
    for (const [n, url] of urls.entries()) {
      const led = together
        .filter((task) => task.url === url)
        .flatMap(({ target, followers }) => [target, ...followers]);
      const wanted = resolved.filter((_, bit) => (n & (1 << bit)) !== 0);
      // Of those under one REC, the order is that of the whole line.
      const all = [...(plan.tasksOf({ url: url.url, bytes: 1 })?.leads() ?? [])];
      const whole = all.flatMap(({ target, followers }) => [target, ...followers]).map(({ pop }) => pop);
      expect(led.map(({ pop }) => pop)).toEqual(whole.filter((pop) => wanted.includes(pop)));
    }
  });
});

const ONE = [{ label: "d1", names: [] }];
const dead = (pop: string, label = "d1") => at(pop, label, "FAILED");
const HERE = [at("SIN2-P1")];
const TWO_OF_THREE = [at("SIN2-P1"), at("FRA56-P4"), dead("XXX1-P1")];
/** Rows of so many URLs of a.example. */
const sized = (count: number, bytes: number | "", host = "a.example") =>
  times(count, (i) => [`https://${host}/${i}`, String(bytes)]);

it("the totals of a request are every good URL at each POP that resolved", async () => {
  const rows = [...sized(1, 10), ...sized(1, 5, "b.example")].map(fromRow);
  expect(await totalsOf(planOf(ONE, TWO_OF_THREE), rows)).toEqual({
    total_count: 4,
    total_size: 30,
    // Two downloads, and a check that reads a small object whole.
    transferred: 3 * 30,
    sizes_known: true,
    shards: 1,
    tasks_per_target: { d1: 2 },
    lane: "express",
    planned: TWO_OF_THREE,
  });
});

it.each<[what: string, rows: string[][], readonly Distribution[], Target[], expected: object]>([
  [
    "each URL at the targets of its own distribution",
    [...sized(1, 10), ...sized(1, 5, "b.example"), ...sized(1, 100, "c.example")],
    [...TWO, { label: "d3", names: [], hosts: ["c.example"] }],
    [at("SIN2-P1"), at("FRA56-P4"), at("SIN2-P1", "d2"), dead("FRA56-P4", "d2"), dead("FRA56-P4", "d3")],
    { total_count: 3, total_size: 25, tasks_per_target: { d1: 1, d2: 1 } },
  ],
  [
    "only the bytes that are known, and says so",
    [...sized(1, 15), ...sized(1, "", "b.example")],
    ONE,
    HERE,
    { total_count: 2, total_size: 15, sizes_known: false, lane: "main" },
  ],
  ["empty objects, whose size is known", sized(1, 0), ONE, HERE, { sizes_known: true }],
  ["many bytes in large files: the main queue", sized(64, 30e6), ONE, HERE, { lane: "main" }],
  ["many bytes in small files: the express queue", sized(64, 16e6), ONE, HERE, { lane: "express" }],
  // One whose distribution has no target is not downloaded.
  [
    "no large file that nobody downloads",
    [...sized(64, 16e6), ...sized(1, 5e9, "b.example")],
    TWO,
    HERE,
    { lane: "express" },
  ],
  ["results of many tasks, which are spread", sized(5_001, 1), ONE, TWO_OF_THREE, { total_count: 10_002, shards: 3 }],
  [
    "target by target, URLs that are wanted at some POPs alone",
    [...sized(2, 15), ["https://a.example/3", "100", "", "", "05"], ["https://a.example/4", "1000", "", "", "03"]],
    ONE,
    TWO_OF_THREE,
    {
      total_count: 2 * 2 + 1 + 2,
      total_size: 2 * 30 + 100 + 2_000,
      tasks_per_target: { d1: 2 },
      planned: [{ own_tasks: 2 }, { own_tasks: 1 }, dead("XXX1-P1")],
    },
  ],
  [
    "nothing but such URLs",
    [["https://a.example/3", "100", "", "", "05"]],
    ONE,
    TWO_OF_THREE,
    { total_count: 1, tasks_per_target: { d1: 0 } },
  ],
])("the totals of a request count %s", async (_, rows, distributions, targets, expected) =>
  expect(await totalsOf(planOf(distributions, targets), rows.map(fromRow))).toMatchObject(expected),
);
