import { expect, test } from "vitest";
import { unmet } from "../../../tools/local/results.ts";

test("a value that is not as expected is named, with what it is and what it must be", () => {
  const found = unmet([
    ["tasks", 3, 3],
    ["status", "FAILED", "FINISHED"],
    ["bytes", "1", 1],
  ]);
  expect(found).toEqual(["status is FAILED, must be FINISHED", "bytes is 1, must be 1"]);
});
