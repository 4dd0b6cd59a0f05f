import {
  type Coverage,
  lacksOnlyPops,
  type PopCoverage,
  readinessOf,
  verdictOf,
} from "../../../domain/readiness/verdict.ts";
import { type Readiness, readinessSchema, type Verdict } from "../../../domain/request/readiness-schema.ts";
import { type Count, NO_COUNT } from "../../../domain/result/count.ts";
import { times } from "../../collect.ts";
import { readiness } from "../../readiness.ts";

const pop = (n: number, lacking = 0, change: Partial<PopCoverage> = {}): PopCoverage => ({
  pop: `SIN${n}-P1`,
  tasks: 1_000,
  lacking,
  cold: 0,
  unreadable: 0,
  ...change,
});
const coverage = (change: Partial<Coverage> = {}): Coverage => ({
  cold_objects: 0,
  cold_unreadable: 0,
  cold_examples: [],
  cold_recs: [],
  byPop: times(40, (i) => pop(i)),
  unresolved: [],
  unanswered: [],
  urls: 1_000,
  unreadable_urls: 0,
  ...change,
});
const lackingPops = (lacking: number, of: number, tasks = 11) =>
  coverage({ byPop: times(of, (i) => pop(i, i < lacking ? tasks : 0)) });
/** Of which all 40 POPs lack so many. */
const unreadable = (count: number) =>
  coverage({ unreadable_urls: count, byPop: times(40, (i) => pop(i, 0, { unreadable: count })) });
const ALL_WARM: Count = { ...NO_COUNT, download_count: 40_000, warm_count: 40_000 };
const DOWNLOADED = { ...ALL_WARM, warm_count: 0 };
const IN_REC = { ...DOWNLOADED, regional_count: 1 };
const judge = (seen: Coverage, reasons = 0, regional = 0) => readinessOf(seen, { reasons, regional, noTier: 0 });

it.each<[Verdict, string, string, Coverage, number, Count?]>([
  ["ready", "everything is good", "FINISHED", coverage(), 0],
  ["ready_with_exceptions", "some tasks failed", "FINISHED", coverage(), 2],
  ["ready_with_exceptions", "one of a thousand URLs could not be read", "FINISHED", unreadable(1), 0],
  ["not_ready", "every POP lacks more than 1% because of URLs that could not be read", "FINISHED", unreadable(11), 0],
  ["ready_with_exceptions", "5% of the POPs lack more than 1%", "FINISHED", lackingPops(2, 40), 1],
  ["not_ready", "more than 5% of the POPs do", "FINISHED", lackingPops(3, 40), 1],
  ["ready_with_exceptions", "all POPs lack 1% and no more", "FINISHED", lackingPops(40, 40, 10), 1],
  ["not_ready", "one object is cold for a whole REC", "FINISHED", coverage({ cold_objects: 1 }), 1],
  ["not_ready", "everything is good, and a user stopped it", "STOPPED", coverage(), 0],
  ["not_ready", "everything is good, and its time was up", "TIMEOUT", coverage(), 0],
  ["not_ready", "everything is good, and it failed", "FAILED", coverage(), 0],
  [
    "ready_with_exceptions",
    "39 of 40 POPs did not resolve: they do not count",
    "FINISHED",
    coverage({ byPop: [pop(1)], unresolved: times(39, (i) => `ICN${i}-C1`) }),
    0,
  ],
  ["not_verified", "everything is downloaded, and nothing was seen in a cache", "FINISHED", coverage(), 0, DOWNLOADED],
  ["not_verified", "the same, and some tasks failed", "FINISHED", coverage(), 1, { ...DOWNLOADED, failed_count: 3 }],
  ["not_ready", "the same, and an object is cold for a REC", "FINISHED", coverage({ cold_objects: 1 }), 1, DOWNLOADED],
  ["not_ready", "the same, and it was stopped", "STOPPED", coverage(), 0, DOWNLOADED],
  ["ready", "one of the tasks was seen in a cache", "FINISHED", coverage(), 0, { ...DOWNLOADED, hit_count: 1 }],
  ["ready", "one of the tasks was seen in the REC that was asked for", "FINISHED", coverage(), 0, IN_REC],
])("the verdict is %s: %s", (verdict, _, status, seen, reasons, count = ALL_WARM) =>
  expect(verdictOf(status, judge(seen, reasons), count)).toBe(verdict),
);

it("what the verdict rests on: counts kinds of trouble, not tasks", () => {
  const seen = coverage({ byPop: [pop(1)], unresolved: ["ICN51-C1", "ICN54-C2"], unreadable_urls: 40 });
  expect(judge(seen, 2).exceptions).toBe(4);
  expect(judge(seen, 2, 700)).toMatchObject({ exceptions: 5, regional_tasks: 700 });
});

it("what the verdict rests on: names the POPs that lack most first, and before them those that lack more than what is cold everywhere", () => {
  const shares = [pop(1, 20), pop(2, 900, { cold: 900 }), pop(3, 5), pop(4, 50)];
  expect(judge(coverage({ byPop: shares }))).toMatchObject({
    lacking_pops: 3,
    lacking_other_pops: 2,
    pops: 4,
    lacking_examples: ["SIN4-P1", "SIN1-P1", "SIN2-P1"],
  });
});

it("what the verdict rests on stays small in the item, whatever there is", () => {
  const url = `https://a.example/${"x".repeat(282)}`;
  const cold_examples = times(5, () => ({ url, variant: "v".repeat(32), rec: "N. Virginia" }));
  const all = {
    ...lackingPops(600, 600),
    cold_objects: 60_000,
    cold_examples,
    cold_recs: Array(15).fill("N. California"),
    unresolved: times(600, (i) => `ICN${i}-C1`),
  };
  const seen: Readiness = judge(all, 15, 36_000_000);
  expect(JSON.stringify(seen).length).toBeLessThan(3_500);
  expect(readinessSchema.parse(seen)).toEqual(seen);
});

type Ended = Parameters<typeof lacksOnlyPops>[0];

const ENDED: Ended = {
  status: "FINISHED",
  total_count: 4,
  failed_count: 0,
  readiness: readiness({ unresolved_pops: 1 }),
};

test.each<[string, Partial<Ended>, boolean]>([
  ["every task is good", {}, true],
  ["a task failed", { failed_count: 1 }, false],
  ["it was stopped before all tasks were tried", { status: "STOPPED" }, false],
  ["no task was planned", { total_count: 0 }, false],
  ["a URL could not be read", { readiness: readiness({ unresolved_pops: 1, unreadable_urls: 1 }) }, false],
  ["the REC alone keeps an object", { readiness: readiness({ unresolved_pops: 1, regional_tasks: 1 }) }, false],
  ["all POPs resolved", { readiness: readiness() }, false],
  ["a resolver did not answer", { readiness: readiness({ unresolved_pops: 2, unanswered_pops: 1 }) }, false],
  ["nothing is known of what the verdict rests on", { readiness: undefined }, false],
])("%s", (_, changes, lacks) => expect(lacksOnlyPops({ ...ENDED, ...changes })).toBe(lacks));
