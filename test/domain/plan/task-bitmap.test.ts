import fc from "fast-check";
import { Bitmap } from "../../../domain/bitmap.ts";
import type { Task } from "../../../domain/plan/target.ts";
import type { GoodUrl, UrlVariant } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { type Distribution, distributionOf } from "../../../domain/request/distributions.ts";
import { addResult, type Counted, NO_COUNT } from "../../../domain/result/count.ts";
import { times } from "../../collect.ts";
import { LABEL, result, target } from "../../lambdas/items.ts";
import { maskOf, planOf } from "../../plan-of.ts";

it("the bitmap of a request's tasks holds 60,000 URLs at 600 POPs in a few megabytes", () => {
  const urls = times(60_000, (i) => ({ url: `https://a.example/${i}`, bytes: 10 }));
  const before = process.memoryUsage().arrayBuffers;
  const pops = times(600, (i) => target(`POP${i}`));
  const taskBitmap = new TaskBitmap(planOf([{ label: LABEL, names: [] }], pops), urls);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
  const last = "https://a.example/59999";
  expect(["POP599", "POP599", "POP598"].map((pop) => taskBitmap.addResult(result(pop, last)))).toEqual([
    true,
    false,
    true,
  ]);
});

it("says whether a result is good, and nothing of what has none or is no task", () => {
  const url = "https://a.example/1";
  const bitmap = new TaskBitmap(
    planOf(
      [{ label: LABEL, names: [] }],
      times(3, (i) => target(`POP${i}`)),
    ),
    [{ url, bytes: 1 }],
  );
  bitmap.addResult(result("POP0", url));
  bitmap.addResult(result("POP1", url, { ok: false }));
  const tasks = [
    ["POP0", url],
    ["POP1", url],
    ["POP2", url],
    ["POP9", url],
    ["POP0", `${url}0`],
  ] as const;
  expect(tasks.map(([pop, its]) => bitmap.isGood({ pop, url: its }))).toEqual([
    true,
    false,
    undefined,
    undefined,
    undefined,
  ]);
});

it("the bitmap of a request's tasks says what a set of all tasks says, whatever comes, and however often it is saved and restored", () => {
  const POPS = ["SIN2-P1", "FRA56-P4", "NRT57-P3", "NRT20-C1"];
  const anyTarget = fc
    .tuple(fc.constantFrom(...POPS), fc.constantFrom("d1", "d2"), fc.constantFrom("READY" as const, "FAILED" as const))
    .map(([pop, label, state]) => target(pop, { label, state }));
  const anyUrl = fc.record({
    url: fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(2)).map(([host, n]) => `https://${host}.example/${n}`),
    variant: fc.constantFrom(undefined, "br", "gzip"),
  });
  const anyResult = fc.record({
    pop: fc.constantFrom(...POPS, "QQQ1-C1"),
    of: anyUrl,
    ok: fc.boolean(),
    bytes: fc.nat(100),
    outcome: fc.constantFrom(undefined, "warm" as const, "hit" as const, "regional" as const, "not_kept" as const),
    isRestored: fc.boolean(),
  });
  const given = fc.record({
    targets: fc.uniqueArray(anyTarget, { selector: (it) => it.target }),
    // The POPs at which a URL is wanted; absent: all.
    urls: fc.uniqueArray(fc.record({ of: anyUrl, at: fc.option(fc.subarray([0, 1, 2, 3]), { nil: undefined }) }), {
      selector: ({ of: { url, variant } }) => `${url} ${variant}`,
    }),
    distributions: fc.constantFrom<Distribution[]>(
      [
        { label: "d1", names: [], hosts: ["a.example"] },
        { label: "d2", names: [], hosts: ["b.example"] },
      ],
      [{ label: "d1", names: [] }],
    ),
    scope: fc.constantFrom(undefined, "pop" as const, "regional" as const),
    results: fc.array(anyResult, { maxLength: 60 }),
  });
  const nameOf = (pop: string, { url, variant }: UrlVariant) => `${pop} ${url} ${variant}`;
  const names = (tasks: Iterable<Task>) =>
    [...tasks].flatMap((task) => [task.target, ...task.followers].map(({ pop }) => nameOf(pop, task.url))).toSorted();
  fc.assert(
    fc.property(given, ({ targets, urls, distributions, scope, results }) => {
      const rows = urls.map(({ of, at }): GoodUrl => ({ ...of, bytes: 10, pops: at && maskOf(at) }));
      const plan = planOf(distributions, targets, POPS);
      Object.assign(plan.request, { scope });
      const conditionOf = (seen: Counted | undefined) => {
        if (seen?.ok !== true) return "bad";
        const lacking = scope === "regional" ? ["warm", "hit"] : ["regional"];
        return lacking.includes(seen.outcome ?? "") ? "regional" : "good";
      };
      /** The result of each task; undefined while it has none. */
      const tasks = new Map<string, Counted | undefined>();
      for (const { pop, label, state } of targets)
        for (const { of, at } of urls) {
          const isWanted = at?.includes(POPS.indexOf(pop)) !== false;
          const serving = distributionOf(distributions, new URL(of.url).hostname)?.label;
          if (state !== "FAILED" && serving === label && isWanted) tasks.set(nameOf(pop, of), undefined);
        }
      let taskBitmap = new TaskBitmap(plan, rows);
      const sum = { ...NO_COUNT };
      for (const { pop, of, isRestored, ...seen } of results) {
        if (isRestored) {
          const next = new TaskBitmap(plan, rows);
          next.restore(taskBitmap.saved());
          taskBitmap = next;
        }
        const name = nameOf(pop, of);
        const counts = tasks.has(name) && tasks.get(name) === undefined;
        expect(taskBitmap.addResult({ pop, ...of, ...seen })).toBe(counts);
        if (!counts) continue;
        tasks.set(name, seen);
        addResult(sum, seen);
      }
      expect(taskBitmap.count()).toEqual(sum);
      const missing = [...tasks.keys()].filter((name) => tasks.get(name) === undefined).toSorted();
      expect(taskBitmap.missingCount).toBe(missing.length);
      expect(names(taskBitmap.missing())).toEqual(missing);
      expect(names(taskBitmap.missingLeads())).toEqual(missing);
      for (const { of } of urls)
        for (const pop of POPS) {
          const name = nameOf(pop, of);
          expect(taskBitmap.conditionAt(of)?.(pop)).toBe(tasks.has(name) ? conditionOf(tasks.get(name)) : undefined);
        }
      const inRec = [...taskBitmap.regionalUrls()].flatMap(({ pops = "", ...of }) =>
        POPS.filter((_, popIndex) => new Bitmap(pops).has(popIndex)).map((pop) => nameOf(pop, of)),
      );
      const expected = [...tasks].flatMap(([name, seen]) => (conditionOf(seen) === "regional" ? [name] : []));
      expect(inRec.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 300 },
  );
});
