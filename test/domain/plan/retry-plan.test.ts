import fc from "fast-check";
import { type TasksToRetry, tasksToRetry } from "../../../domain/plan/retry-plan.ts";
import { fromRow, toRow } from "../../../domain/plan/task.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { times } from "../../collect.ts";
import { FakeLists } from "../../lambdas/fakes/lists.ts";
import { memoryTables } from "../../lambdas/fakes/tables.ts";
import { LABEL, request, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";
import { readiness } from "../../readiness.ts";

const POPS = ["SIN2-P1", "FRA56-P4", "NRT57-P3", "XXX1-P1"];
const at = (path: string) => `https://cdn.example.com/${path}`;
const COLUMNS = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts", "variant"];
const row = (pop: string, url: string, variant = "") => [pop, url, "HTTP 403", "403", pop, "id==", "1", variant];
const ENDED: Partial<RequestItem> = {
  status: "FINISHED",
  active: undefined,
  pops: POPS,
  total_count: 6,
  report: "r1/report.csv",
  distributions: [{ label: LABEL, names: [] }],
};

interface Given {
  readonly good?: string[][];
  readonly bad?: string[][];
  readonly report?: string[][];
  readonly unresolved?: readonly string[];
  readonly item?: Partial<RequestItem>;
  readonly others?: readonly RequestItem[];
  readonly objects?: Record<string, string[][]>;
}

function read({ good = [], bad = [], report = [], unresolved = [], item = {}, others = [], objects = {} }: Given) {
  const first = request({ ...ENDED, ...item });
  const { requests, requestPops } = memoryTables(first, ...others);
  const targets = POPS.map((pop) => target(pop, unresolved.includes(pop) ? { state: "FAILED" } : {}));
  const own = { "r1/success_urls.csv": good, "r1/failed_urls.csv": bad, "r1/report.csv": [COLUMNS, ...report] };
  const lists = new FakeLists({ ...own, ...objects });
  void requestPops.put(targets);
  return tasksToRetry({ requests, requestPops, lists }, first);
}

/** The pairs by name. */
function pairsOf({ pops, sized: known }: Pick<TasksToRetry, "pops" | "sized">): string[] {
  const targets = pops.map((pop) => target(pop));
  const plan = planOf([{ label: LABEL, names: [] }], targets, pops);
  return known.flatMap((url) =>
    [...(plan.tasksOf(url)?.tasks() ?? [])].map(({ target: { pop } }) => [pop, url.url, url.variant].join(" ").trim()),
  );
}

it("what is not good in a request that has ended is a URL that could not be read at all POPs, in the variants in which it could not", async () => {
  const good = [[at("a"), "10", "br"]];
  const bad = [
    [at("a"), "HTTP 406", "gzip"],
    [at("gone"), "HTTP 404", ""],
  ];
  const found = await read({ good, bad, report: [row("FRA56-P4", at("a"), "br")] });
  expect(found).toEqual({
    pops: POPS,
    sized: [{ url: at("a"), bytes: 10, variant: "br", pops: "02" }],
    toProbe: [{ url: at("a"), variants: ["gzip"] }, { url: at("gone") }],
  });
});

it("what is not good in a request that has ended is also what only the REC keeps, where the request was for POPs", async () => {
  const good = ["a", "b"].map((path) => [at(path), "10"]);
  const objects = { "r1/regional_urls.csv": [[at("a"), "10", "", "", "05"]] };
  const inRec = { good, report: [row("FRA56-P4", at("b"))], objects };
  const found = await read({ ...inRec, item: { readiness: readiness({ regional_tasks: 2 }) } });
  expect(pairsOf(found).toSorted()).toEqual([`FRA56-P4 ${at("b")}`, `NRT57-P3 ${at("a")}`, `SIN2-P1 ${at("a")}`]);
  expect(pairsOf(await read({ ...inRec, item: { readiness: readiness() } }))).toEqual([`FRA56-P4 ${at("b")}`]);
  const lost = read({ good, item: { readiness: readiness({ regional_tasks: 2 }) } });
  await expect(lost).rejects.toThrow("its lists cannot be read");
});

it("what is not good in a request that has ended is everything where it ended before its tasks were planned", async () => {
  const item = { total_count: 0, status: "STOPPED" } as const;
  const objects = { "r1.csv": [[at("a")], [at("b")]] };
  expect(await read({ item, objects })).toEqual({
    pops: POPS,
    sized: [],
    toProbe: [{ url: at("a") }, { url: at("b") }],
  });
});

it("what is not good in a request that has ended: of a retry that ended before its tasks were planned is that of the request before it", async () => {
  const before = request({ ...ENDED, req_id: "r0", retry_of: "none" });
  const objects = {
    "r0/success_urls.csv": [[at("a"), "10"]],
    "r0/failed_urls.csv": [],
    "r0/report.csv": [COLUMNS, row("FRA56-P4", at("a"))],
  };
  const item = { total_count: 0, retry_of: "r0" };
  const found = await read({ item, others: [before], objects });
  expect(found.sized).toEqual([{ url: at("a"), bytes: 10 }]);
  expect(found.pops).toEqual(["FRA56-P4"]);
  await expect(read({ item })).rejects.toThrow("the request r1 cannot be retried: the request r0 no longer exists");
});

it("what is not good in a request that has ended is exactly what failed, and all at POPs that did not resolve, with size, source and variant; of a retry in turn, too", async () => {
  const good = times(6, (i) => {
    return [at(String(i >> 1)), i === 0 ? "" : String(i), ["br", "-gzip"][i % 2] ?? "", i === 3 ? "2" : ""];
  });
  const nameOf = (pop: string, [url, , variant]: readonly string[]) => `${pop} ${url} ${variant}`;
  const rowsOf = (names: readonly string[]) =>
    names.map((name) => {
      const [pop = "", url = "", variant] = name.split(" ");
      return row(pop, url, variant);
    });
  const unknown = [row("SIN2-P1", at("x"), "br"), row("GRU1-C1", at("0"), "br")];
  const somePops = fc.subarray(POPS);
  const pairs = fc.uniqueArray(fc.tuple(fc.constantFrom(...good), fc.constantFrom(...POPS)), { selector: String });
  await fc.assert(
    fc.asyncProperty(pairs, somePops, fc.array(fc.boolean()), somePops, async (some, unresolved, again, gone) => {
      // Where its POP did not resolve, a URL has no task that could fail.
      const failed = some.filter(([, pop]) => !unresolved.includes(pop)).map(([row, pop]) => nameOf(pop, row));
      const first = await read({ good, report: [...rowsOf(failed), ...unknown], unresolved });
      const untried = unresolved.flatMap((pop) => good.map((row) => nameOf(pop, row)));
      expect(pairsOf(first).toSorted()).toEqual([...failed, ...untried].toSorted());
      expect(first.pops).toEqual(POPS.filter((pop) => pairsOf(first).some((name) => name.startsWith(pop))));
      for (const { pops: _, ...url } of first.sized) expect(good.map(fromRow)).toContainEqual(url);
      // Of these, some fail again, and some POPs do not resolve any more.
      const isGone = (name: string) => gone.some((pop) => name.startsWith(pop));
      const still = pairsOf(first).filter((name, i) => again[i] || isGone(name));
      const known = first.sized.map((url) => toRow(url).map((field) => String(field ?? "")));
      const report = rowsOf(still.filter((name) => !isGone(name)));
      const second = await read({ good: known, report, unresolved: gone, item: { pops: [...first.pops] } });
      expect(pairsOf(second).toSorted()).toEqual(still.toSorted());
    }),
  );
});

it("what is not good in a request that has ended is each variant of which the size could not be read", async () => {
  const names = ["br", "gzip", "deflate", "de", "en"];
  const unread = fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom(...names)), {
    selector: String,
  });
  await fc.assert(
    fc.asyncProperty(unread, async (some) => {
      const { toProbe } = await read({ bad: some.map(([path, variant]) => [at(path), "HTTP 406", variant]) });
      const asked = toProbe.flatMap(({ url, variants = [] }) => variants.map((variant) => `${url} ${variant}`));
      expect(asked.toSorted()).toEqual(some.map(([path, variant]) => `${at(path)} ${variant}`).toSorted());
    }),
    { numRuns: 20 },
  );
});

it.each([0, 1, 2, 3])(
  "what is not good in a request that has ended is the same behind %i retries that ended before their tasks were planned",
  async (retries) => {
    const chain = times(retries, (i) =>
      request({ ...ENDED, req_id: `retry${i}`, total_count: 0, retry_of: `retry${i + 1}` }),
    );
    const first = request({ ...ENDED, req_id: `retry${retries}` });
    const objects = {
      [`retry${retries}/success_urls.csv`]: [[at("a"), "10"]],
      [`retry${retries}/failed_urls.csv`]: [],
      "r1/report.csv": [],
      [`retry${retries}/report.csv`]: [COLUMNS, row("FRA56-P4", at("a"))],
    };
    const found = await read({ item: { total_count: 0, retry_of: "retry0" }, others: [...chain, first], objects });
    expect(pairsOf(found)).toEqual([`FRA56-P4 ${at("a")}`]);
  },
);
