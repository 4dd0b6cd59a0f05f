import {
  badTasksOf,
  barShares,
  completeOf,
  NO_TASK_STATES,
  sumOfTaskStates,
  taskStatesOf,
  unreadTasks,
} from "../../../domain/readiness/task-states.ts";

const COUNTS = {
  total_count: 0,
  download_count: 0,
  failed_count: 0,
  warm_count: 0,
  hit_count: 0,
  regional_count: 0,
  not_kept_count: 0,
};

it("outcomesOf: what was not kept is among the failed ones of the API, and apart here", () => {
  const counts = {
    total_count: 20,
    download_count: 15,
    regional_count: 3,
    failed_count: 5,
    not_kept_count: 2,
    warm_count: 4,
  };
  const outcomes = taskStatesOf({ ...counts, hit_count: 1, in_progress_task_count: 3 });
  expect(outcomes).toEqual({ warm: 4, hit: 1, regional: 3, done: 2, not_kept: 2, failed: 3, under_way: 3, waiting: 2 });
  expect(badTasksOf(outcomes)).toBe(5);
});

it("outcomesOf is never below zero, though counts of one answer disagree", () => {
  const counts = { ...COUNTS, total_count: 2, download_count: 3, warm_count: 4, in_progress_task_count: 9 };
  for (const value of Object.values(taskStatesOf(counts))) expect(value).toBeGreaterThanOrEqual(0);
});

it("outcomesOf: of a POP, whose counts do not say what is under way, all the rest waits", () =>
  expect(taskStatesOf({ ...COUNTS, total_count: 5, download_count: 2, warm_count: 2 })).toEqual({
    ...NO_TASK_STATES,
    warm: 2,
    waiting: 3,
  }));

it("sumOfOutcomes adds state by state; of none it is nothing", () => {
  const one = { warm: 1, hit: 2, regional: 8, done: 3, not_kept: 4, failed: 5, under_way: 6, waiting: 7 };
  expect(Object.values(sumOfTaskStates([one, one]))).toEqual([2, 4, 16, 6, 8, 10, 12, 14]);
  expect(sumOfTaskStates([])).toEqual(NO_TASK_STATES);
});

/** A large object is under way: of four tasks, three small ones are warm. */
const UNDER_WAY = {
  ...COUNTS,
  status: "IN_PROGRESS",
  total_count: 4,
  download_count: 3,
  warm_count: 3,
  in_progress_task_count: 1,
  total_size: 1_000,
  download_size: 30,
  in_progress_size: 170,
  percentage_complete: 20,
  url_count: 4,
} as const;

it.each([
  ["bytes", 0.2],
  ["tasks", 0.75],
] as const)("the percentage and the bar count the same: %s", (percentage_of, share) => {
  const request = { ...UNDER_WAY, percentage_of, percentage_complete: share * 100 };
  expect(completeOf(request)).toEqual({ percent: share * 100, of: percentage_of });
  const { waiting, under_way, ...done } = barShares(request);
  const all = [waiting, under_way, ...Object.values(done)].reduce((sum, it) => sum + it, 0);
  const there = all - waiting - (percentage_of === "tasks" ? under_way : 0);
  expect(there / all).toBeCloseTo(share);
});

it("a finished request is at 100% of its tasks, also if some failed and have no bytes", () => {
  const request = {
    ...UNDER_WAY,
    status: "FINISHED",
    percentage_of: "bytes",
    download_count: 4,
    failed_count: 1,
  } as const;
  expect(completeOf(request)).toEqual({ percent: 100, of: "tasks" });
  expect(barShares(request)).toMatchObject({ warm: 3, failed: 1, waiting: 0 });
});

it.each([
  ["of tasks", { percentage_of: "tasks", status: "FINISHED", download_count: 4, warm_count: 4 } as const, 1 / 5],
  ["of bytes", { percentage_of: "bytes" } as const, 0.25 / 1.25],
])("what could not be read has its part of the bar: %s", (_, change, share) => {
  const request = { ...UNDER_WAY, ...change, url_count: 5, unreadable_urls: 1 };
  const shares = barShares(request);
  const all = Object.values(shares).reduce((sum, it) => sum + it, 0);
  expect(shares.failed / all).toBeCloseTo(share, 1);
  expect(barShares({ ...request, unreadable_urls: undefined }).failed).toBe(0);
});

it("URLs that could not be read stand for as many tasks as the others have", () => {
  expect(unreadTasks(600, { url_count: 4, unreadable_urls: 1 })).toBe(200);
  expect(unreadTasks(3, { url_count: 1_000, unreadable_urls: 1 })).toBe(1);
  expect(unreadTasks(0, { url_count: 1, unreadable_urls: 1 })).toBe(1);
  expect(unreadTasks(600, { url_count: 4 })).toBe(0);
  expect(unreadTasks(600, { url_count: 100, unreadable_urls: 100 })).toBe(600);
});
