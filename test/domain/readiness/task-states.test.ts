import { badTasksOf, NO_TASK_STATES, sumOfTaskStates, taskStatesOf } from "../../../domain/readiness/task-states.ts";

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
