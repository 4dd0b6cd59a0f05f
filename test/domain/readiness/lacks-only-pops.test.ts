import { expect, test } from "vitest";
import { lacksOnlyPops } from "../../../domain/readiness/verdict.ts";
import { readiness } from "../../readiness.ts";

type Ended = Parameters<typeof lacksOnlyPops>[0];

const ENDED: Ended = {
  status: "FINISHED",
  total_count: 4,
  failed_count: 0,
  readiness: readiness({ unresolved_pops: 1, unanswered_pops: 0, unreadable_urls: 0 }),
};

test.each<[string, Partial<Ended>, boolean]>([
  ["every task is good", {}, true],
  ["a task failed", { failed_count: 1 }, false],
  ["it was stopped before all tasks were tried", { status: "STOPPED" }, false],
  ["no task was planned", { total_count: 0 }, false],
  [
    "a URL could not be read",
    { readiness: readiness({ unresolved_pops: 1, unanswered_pops: 0, unreadable_urls: 1 }) },
    false,
  ],
  [
    "all POPs resolved",
    { readiness: readiness({ unresolved_pops: 0, unanswered_pops: 0, unreadable_urls: 0 }) },
    false,
  ],
  [
    "a resolver did not answer",
    { readiness: readiness({ unresolved_pops: 2, unanswered_pops: 1, unreadable_urls: 0 }) },
    false,
  ],
  ["nothing is known of what the verdict rests on", { readiness: undefined }, false],
])("%s", (_, changes, lacks) => {
  expect(lacksOnlyPops({ ...ENDED, ...changes })).toBe(lacks);
});
