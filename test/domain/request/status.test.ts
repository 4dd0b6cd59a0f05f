import { expect, it } from "vitest";
import { isTerminal, STATUSES } from "../../../domain/request/lifecycle.ts";

it("a request has ended in four of its statuses", () => {
  expect(STATUSES.filter(isTerminal)).toEqual(["FINISHED", "STOPPED", "TIMEOUT", "FAILED"]);
  expect(STATUSES.filter((status) => !isTerminal(status))).toEqual([
    "CREATED",
    "EXPANDING",
    "CHECK_POP",
    "INSERT_TASK",
    "IN_PROGRESS",
  ]);
});
