import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Target, Task } from "../../../domain/plan/target.ts";
import type { GoodUrl, TaskUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { type Distribution, distributionOf } from "../../../domain/request/distributions.ts";
import { NO_COUNT } from "../../../domain/result/count.ts";
import { result, target } from "../../lambdas/items.ts";
import { maskOf, planOf } from "../../plan-of.ts";

const row = (host: string, path: string): TaskUrl => ({ url: `https://${host}.example/${path}`, bytes: 10 });
const key = ({ target: { pop }, url: { url } }: Task) => `${pop} ${url}`;
const ledgerOf = (urls: readonly TaskUrl[], distributions: readonly Distribution[], targets: readonly Target[]) =>
  new TaskBitmap(planOf(distributions, targets), urls);
const TWO: Distribution[] = [
  { label: "d1", names: [], hosts: ["a.example"] },
  { label: "d2", names: [], hosts: ["b.example"] },
];

describe("the bitmap of a request's tasks", () => {
  const rows = [row("a", "1"), row("a", "2")];
  const [first = "", _second = ""] = rows.map(({ url }) => url);
  const targets = [target("SIN2-P1"), target("FRA56-P4"), target("XXX1-P1", { state: "FAILED" })];
  const newLedger = () => ledgerOf(rows, [{ label: targets[0]?.label ?? "", names: [] }], targets);

  it("tells the variants of a URL apart", () => {
    const variants = ["br", "gzip"].map((variant): TaskUrl => ({ ...row("a", "1"), variant }));
    const taskBitmap = ledgerOf(variants, [{ label: targets[0]?.label ?? "", names: [] }], targets);
    expect(taskBitmap.addResult(result("SIN2-P1", first))).toBe(false);
    expect(taskBitmap.addResult(result("SIN2-P1", first, { variant: "br" }))).toBe(true);
    expect(taskBitmap.addResult(result("FRA56-P4", first, { variant: "gzip" }))).toBe(true);
    expect([...taskBitmap.missing()].map((task) => `${key(task)} ${task.url.variant}`)).toEqual([
      `FRA56-P4 ${first} br`,
      `SIN2-P1 ${first} gzip`,
    ]);
  });

  it("knows where an object is good, where it is not, and where it has no task", () => {
    const taskBitmap = newLedger();
    taskBitmap.addResult(result("SIN2-P1", first));
    taskBitmap.addResult(result("FRA56-P4", first, { ok: false }));
    const at = ["SIN2-P1", "FRA56-P4", "XXX1-P1", "QQQ1-C1"];
    expect(at.map((pop) => taskBitmap.goodAt({ url: first })?.(pop))).toEqual([true, false, undefined, undefined]);
    expect(taskBitmap.goodAt({ url: "https://a.example/unknown" })).toBeUndefined();
    expect(taskBitmap.goodAt({ url: first, variant: "br" })).toBeUndefined();
  });

  it("holds 60,000 URLs at 600 POPs in a few megabytes", () => {
    const urls = Array.from({ length: 60_000 }, (_, i) => row("a", String(i)));
    const before = process.memoryUsage().arrayBuffers;
    const pops = Array.from({ length: 600 }, (_, i) => target(`POP${i}`));
    const taskBitmap = ledgerOf(urls, [{ label: pops[0]?.label ?? "", names: [] }], pops);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
    expect(taskBitmap.addResult(result("POP599", "https://a.example/59999"))).toBe(true);
    expect(taskBitmap.addResult(result("POP599", "https://a.example/59999"))).toBe(false);
    expect(taskBitmap.addResult(result("POP598", "https://a.example/59999"))).toBe(true);
  });

  it("says what a set of all tasks would say, whatever comes", () => {
    const pops = fc.constantFrom("SIN2-P1", "FRA56-P4", "NRT57-P3", "IAD89-P1");
    const state = fc.constantFrom("SENT" as const, "READY" as const, "FAILED" as const);
    const anyTarget = fc
      .tuple(pops, fc.constantFrom("d1", "d2"), state)
      .map(([pop, label, state]) => target(pop, { label, state }));
    const targets = fc.uniqueArray(anyTarget, { selector: (it) => it.target });
    const anyRow = fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(4)).map(([host, n]) => row(host, String(n)));
    const rows = fc.uniqueArray(anyRow, { selector: ({ url }) => url });
    const anyOutcome = fc.constantFrom(undefined, "warm" as const, "hit" as const, "not_kept" as const);
    const anyResult = fc
      .record({ pop: pops, row: anyRow, ok: fc.boolean(), bytes: fc.nat(100), outcome: anyOutcome })
      .map(({ pop, row: { url }, ...rest }) => ({ ...result(pop, url), ...rest }));
    const distributions = fc.constantFrom<Distribution[]>(TWO, [{ label: "d1", names: [] }]);
    fc.assert(
      fc.property(rows, targets, distributions, fc.array(anyResult, { maxLength: 60 }), (list, at, found, results) => {
        const open = new Map<string, boolean>();
        for (const { pop, label, state } of at) {
          for (const { url } of list) {
            const serving = distributionOf(found, new URL(url).hostname);
            if (state !== "FAILED" && serving?.label === label) open.set(`${pop} ${url}`, true);
          }
        }
        const taskBitmap = ledgerOf(list, found, at);
        const sum = { ...NO_COUNT };
        for (const { pop, url, ok, bytes, outcome } of results) {
          const counts = open.get(`${pop} ${url}`) === true;
          expect(taskBitmap.addResult({ pop, url, ok, bytes, outcome })).toBe(counts);
          if (!counts) continue;
          open.set(`${pop} ${url}`, false);
          sum.download_count++;
          if (ok) sum.download_size += bytes;
          else sum.failed_count++;
          if (outcome !== undefined) sum[`${outcome}_count`]++;
        }
        expect(taskBitmap.count()).toEqual(sum);
        const missing = [...open].filter(([, isOpen]) => isOpen).map(([task]) => task);
        expect([...taskBitmap.missing()].map(key).toSorted()).toEqual(missing.toSorted());
        const led = [...taskBitmap.missingLeads()].flatMap((lead) =>
          [lead.target, ...lead.followers].map((its) => key({ ...lead, target: its })),
        );
        expect(led.toSorted()).toEqual(missing.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it("of a retry has exactly the pairs that are wanted, and goes on from what was kept of it", () => {
    const POPS = ["SIN2-P1", "FRA56-P4", "NRT57-P3", "NRT20-C1", "XXX1-P1"];
    const targets = POPS.map((pop) => target(pop, pop === "XXX1-P1" ? { state: "FAILED" } : {}));
    const pair = fc.tuple(fc.nat(9), fc.nat(POPS.length - 1));
    fc.assert(
      fc.property(fc.uniqueArray(pair, { selector: String }), fc.array(pair), (wanted, come) => {
        const rows = Array.from({ length: 10 }, (_, i): GoodUrl => {
          return { ...row("a", String(i)), pops: maskOf(wanted.flatMap(([url, pop]) => (url === i ? [pop] : []))) };
        });
        const plan = planOf([{ label: targets[0]?.label ?? "", names: [] }], targets, "lead-first", POPS);
        const named = ([url, pop]: readonly [number, number]) => `${POPS[pop]} ${rows[url]?.url}`;
        const open = new Set(wanted.filter(([, pop]) => POPS[pop] !== "XXX1-P1").map(named));
        let taskBitmap = new TaskBitmap(plan, rows);
        expect(taskBitmap.missingCount).toBe(open.size);
        for (const it of come) {
          const next = new TaskBitmap(plan, rows);
          next.restore(taskBitmap.saved());
          taskBitmap = next;
          expect(taskBitmap.addResult(result(POPS[it[1]] ?? "", rows[it[0]]?.url ?? ""))).toBe(open.delete(named(it)));
        }
        expect(taskBitmap.missingCount).toBe(open.size);
        expect([...taskBitmap.missing()].map(key).toSorted()).toEqual([...open].toSorted());
        const led = [...taskBitmap.missingLeads()].flatMap((lead) =>
          [lead.target, ...lead.followers].map((its) => key({ ...lead, target: its })),
        );
        expect(led.toSorted()).toEqual([...open].toSorted());
      }),
      { numRuns: 200 },
    );
  });
});
