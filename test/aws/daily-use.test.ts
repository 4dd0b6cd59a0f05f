// The count of a day is exact, whatever runs at the same time, twice, or until it dies.

import { times } from "../collect.ts";
import { memoryTables } from "../lambdas/fakes/tables.ts";
import { request } from "../lambdas/items.ts";

const NOW = Date.parse("2024-04-16T23:59:00Z");
const DAY = "2024-04-16";
const USE = { total_count: 4, transferred_bytes: 90 };
const CAPS = { maxDailyTasks: 20, maxDailyBytes: 1_000 };
const ENDED = {
  status: "FINISHED",
  active: undefined,
  targets_total: 2,
  download_count: 4,
  transferred_bytes: 70,
} as const;

const tablesWith = (count: number) =>
  memoryTables(...times(count, (n) => request({ req_id: `r${n}`, status: "CHECK_POP" })));

it("of requests that are counted at the same moment, as many as fit are, and the others name the limit", async () => {
  const { requests } = tablesWith(8);
  const problems = await Promise.all(requests.all().map((item) => requests.countUse(item, USE, CAPS, NOW)));
  expect(problems.filter((problem) => problem === undefined)).toHaveLength(5);
  expect(
    problems.filter((problem) => problem?.includes("24 tasks exceed") && problem.includes("maxDailyTasks")),
  ).toHaveLength(3);
  expect(await requests.dailyUse(DAY)).toEqual({ total_count: 20, transferred_bytes: 450 });
  expect(requests.all().filter(({ counted_use }) => counted_use !== undefined)).toHaveLength(5);
});

it("a step that runs twice, from the same item or from the one that it wrote, counts its request once", async () => {
  const { requests } = tablesWith(1);
  const stale = requests.the("r0");
  const full = { ...CAPS, maxDailyTasks: 4 };
  for (const item of [stale, stale, undefined])
    expect(await requests.countUse(item ?? requests.the("r0"), USE, full, NOW)).toBeUndefined();
  expect(await requests.dailyUse(DAY)).toEqual(USE);
});

it("more tasks of a request count for its first day", async () => {
  const { requests } = tablesWith(1);
  await requests.countUse(requests.the("r0"), USE, CAPS, NOW);
  const more = { total_count: 6, transferred_bytes: 120 };
  expect(await requests.countUse(requests.the("r0"), more, CAPS, NOW + 3_600_000)).toBeUndefined();
  expect([await requests.dailyUse(DAY), await requests.dailyUse("2024-04-17")]).toEqual([
    more,
    { total_count: 0, transferred_bytes: 0 },
  ]);
});

it("a request that has ended meanwhile is not counted", async () => {
  const { requests } = tablesWith(1);
  const item = requests.the("r0");
  await requests.end("r0", "STOP");
  await requests.countUse(item, USE, CAPS, NOW);
  expect(await requests.dailyUse(DAY)).toEqual({ total_count: 0, transferred_bytes: 0 });
});

it("what a request used in fact replaces its estimate once, and only after its end", async () => {
  const { requests } = tablesWith(1);
  await requests.countUse(requests.the("r0"), USE, CAPS, NOW);
  const counted = { ...requests.the("r0"), ...ENDED };
  await requests.correctUse(counted, NOW);
  expect(await requests.dailyUse(DAY)).toEqual(USE);
  requests.set(counted);
  for (let run = 0; run < 2; run++) await requests.correctUse(counted, NOW);
  expect(await requests.dailyUse(DAY)).toEqual({ total_count: 4, transferred_bytes: 70 });
  expect(requests.the("r0").counted_use).toBeUndefined();
});
