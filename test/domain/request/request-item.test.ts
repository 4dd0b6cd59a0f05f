import { expect, it } from "vitest";
import { targetKey } from "../../../domain/plan/target.ts";
import { listKeys } from "../../../domain/request/list-keys.ts";
import { isTerminal, STATUSES } from "../../../domain/request/status.ts";

it("a request has ended in four of its statuses", () => {
  expect(STATUSES.filter(isTerminal)).toEqual(["FINISHED", "STOPPED", "TIMEOUT", "FAILED"]);
  expect(STATUSES.filter((status) => !isTerminal(status))).toEqual([
    "CREATED",
    "CHECK_POP",
    "INSERT_TASK",
    "IN_PROGRESS",
  ]);
});

it("its lists stand in the bucket under its id", () => {
  expect(listKeys.urls("r1")).toBe("r1.csv");
  expect(listKeys.successUrls("r1")).toBe("r1/success_urls.csv");
  expect(listKeys.failedUrls("r1")).toBe("r1/failed_urls.csv");
  expect(listKeys.report("r1")).toBe("r1/report.csv");
});

it("a target is a POP and a distribution", () => {
  expect(targetKey("SIN2-P1", "d111111abcdef8")).toBe("SIN2-P1#d111111abcdef8");
});
