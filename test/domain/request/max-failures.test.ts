import { expect, it } from "vitest";
import { exceedsMaxFailures, isSettleable } from "../../../domain/request/lifecycle.ts";
import { count } from "../../lambdas/items.ts";

it.each([
  [undefined, 4_711, false],
  [0, 0, false],
  [0, 1, true],
  [3, 3, false],
  [3, 4, true],
])("with max_failures %s, %i failures are too many: %s", (max_failures, failed, expected) => {
  expect(exceedsMaxFailures({ max_failures }, failed)).toBe(expected);
});

it.each([
  ["nothing is known yet", { total_count: 0 }, [0, 0], false],
  ["some are done", {}, [3, 1], false],
  ["all are done", {}, [4, 0], true],
  ["too many have failed", { max_failures: 1 }, [2, 2], true],
  ["as many as may have failed", { max_failures: 2 }, [2, 2], false],
] as const)("a request seems over or not: %s", (_, item, [download_count, failed_count], expected) => {
  expect(isSettleable({ total_count: 4, ...item }, count(download_count, 0, failed_count))).toBe(expected);
});
