import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryLostError, type TasksToRetry, tasksToRetry } from "../../../domain/plan/retry-plan.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { FakeLists } from "../../lambdas/fakes/lists.ts";
import { FakeRequestPops } from "../../lambdas/fakes/request-pops.ts";
import { FakeRequests } from "../../lambdas/fakes/requests.ts";
import { LABEL, request, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

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
  const requests = new FakeRequests(first, ...others);
  const targets = POPS.map((pop) => target(pop, unresolved.includes(pop) ? { state: "FAILED" } : {}));
  const own = { "r1/success_urls.csv": good, "r1/failed_urls.csv": bad, "r1/report.csv": [COLUMNS, ...report] };
  const lists = new FakeLists({ ...own, ...objects });
  return tasksToRetry({ requests, requestPops: new FakeRequestPops(requests, ...targets), lists }, first);
}

/** The pairs by name. */
function pairsOf({ pops, sized: known }: Pick<TasksToRetry, "pops" | "sized">): string[] {
  const targets = pops.map((pop) => target(pop));
  const plan = planOf([{ label: LABEL, names: [] }], targets, undefined, pops);
  return known.flatMap((url) =>
    [...(plan.tasksOf(url)?.tasks() ?? [])].map(({ target: { pop } }) => [pop, url.url, url.variant].join(" ").trim()),
  );
}

describe("what is not good in a request that has ended", () => {
  it("is the pairs of its report, at their POPs alone, each URL with its size and its source", async () => {
    const good = [
      [at("a"), "10"],
      [at("b"), "", "", "2"],
      [at("c"), "5"],
    ];
    const found = await read({
      good,
      report: [row("NRT57-P3", at("a")), row("SIN2-P1", at("b")), row("NRT57-P3", at("b"))],
    });
    expect(found).toEqual({
      pops: ["SIN2-P1", "NRT57-P3"],
      sized: [
        { url: at("a"), bytes: 10, pops: "02" },
        { url: at("b"), bytes: null, source: 2 },
      ],
      toProbe: [],
    });
  });

  it("tells variants apart", async () => {
    const good = ["br", "-gzip"].map((variant) => [at("a"), "10", variant]);
    const { sized: known } = await read({
      good,
      report: [row("SIN2-P1", at("a"), "-gzip"), row("FRA56-P4", at("a"), "br")],
    });
    expect(known.map(({ variant, pops }) => [variant, pops])).toEqual([
      ["br", "02"],
      ["-gzip", "01"],
    ]);
  });

  it("is each good URL at the POPs that did not resolve", async () => {
    const good = [
      [at("a"), "10"],
      [at("b"), "5", "", "", "08"],
      [at("c"), "5", "", "", "07"],
    ];
    const found = await read({ good, unresolved: ["XXX1-P1"] });
    expect([found.pops, pairsOf(found)]).toEqual([["XXX1-P1"], [`XXX1-P1 ${at("a")}`, `XXX1-P1 ${at("b")}`]]);
  });

  it("is a URL that could not be read at all POPs, in the variants in which it could not", async () => {
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

  it("is everything where it ended before its tasks were planned", async () => {
    const item = { total_count: 0, status: "STOPPED" } as const;
    const objects = { "r1.csv": [[at("a")], [at("b")]] };
    expect(await read({ item, objects })).toEqual({
      pops: POPS,
      sized: [],
      toProbe: [{ url: at("a") }, { url: at("b") }],
    });
  });

  it("of a retry that ended before its tasks were planned is that of the request before it", async () => {
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
    await expect(read({ item })).rejects.toThrow("the request r1 cannot be tried again: the request r0 is gone");
  });

  it("ignores report rows of unknown URLs and POPs", async () => {
    const found = await read({ good: [[at("a"), "1"]], report: [row("SIN2-P1", at("x")), row("GRU1-C1", at("a"))] });
    expect(found).toEqual({ pops: [], sized: [], toProbe: [] });
  });

  it.each(["r1/success_urls.csv", "r1/report.csv", "r1/failed_urls.csv"])("cannot be told without %s", async (key) => {
    const lists = new FakeLists({ "r1/success_urls.csv": [], "r1/report.csv": [COLUMNS], "r1/failed_urls.csv": [] });
    delete lists.objects[key];
    const item = request(ENDED);
    const requests = new FakeRequests(item);
    const found = tasksToRetry({ requests, requestPops: new FakeRequestPops(requests), lists }, item);
    await expect(found).rejects.toThrow(RetryLostError);
    await expect(found).rejects.toThrow(
      /^retry_of: the request r1 cannot be tried again: .*send its URLs in a new request/,
    );
  });

  it("is exactly the failed pairs, whatever failed; of a retry in turn, too", async () => {
    const pair = fc.tuple(fc.nat(5), fc.nat(POPS.length - 1));
    const some = fc.uniqueArray(pair, { selector: String, minLength: 1 });
    const named = ([url, pop]: readonly [number, number]) => `${POPS[pop]} ${at(String(url))}`;
    const toRows = (known: readonly GoodUrl[]) =>
      known.map(({ url, bytes, pops = "" }) => [url, String(bytes), "", "", pops]);
    await fc.assert(
      fc.asyncProperty(some, fc.array(fc.boolean()), async (failed, again) => {
        const good = Array.from({ length: 6 }, (_, i) => [at(String(i)), "1"]);
        const first = await read({ good, report: failed.map(([url, pop]) => row(POPS[pop] ?? "", at(String(url)))) });
        expect(pairsOf(first).toSorted()).toEqual(failed.map(named).toSorted());
        // Of these, some fail again.
        const still = failed.filter((_, i) => again[i]);
        const report = still.map(([url, pop]) => row(POPS[pop] ?? "", at(String(url))));
        const second = await read({ good: toRows(first.sized), report, item: { pops: [...first.pops] } });
        expect(pairsOf(second).toSorted()).toEqual(still.map(named).toSorted());
      }),
    );
  });
});
