import { describe, expect, it, vi } from "vitest";
import { isConditionFailure, withConflictRetry } from "../../aws/conditional-writes.ts";
import { awsError } from "./client.ts";

/** A cancelled transaction, with the reasons of its parts. */
const cancelled = (...codes: (string | undefined)[]) =>
  awsError("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });

// Pauses between attempts are not waited out.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: async () => undefined,
}));

describe("a condition that does not hold", () => {
  it.each([
    [true, awsError("ConditionalCheckFailedException")],
    [true, cancelled("None", "ConditionalCheckFailed")],
    [true, cancelled("TransactionConflict", "ConditionalCheckFailed")],
    [false, cancelled("TransactionConflict")],
    [false, cancelled("None", undefined)],
    [false, awsError("TransactionCanceledException")],
    [false, awsError("ThrottlingException")],
    [false, new Error("ConditionalCheckFailed")],
    [false, undefined],
  ])("%s: %s", (is, error) => {
    expect(isConditionFailure(error)).toBe(is);
  });
});

describe("a write in the way of another", () => {
  const failing = (times: number, error: unknown) => {
    let n = 0;
    return vi.fn(async () => {
      if (n++ < times) throw error;
      return "written";
    });
  };

  it.each([
    cancelled("TransactionConflict"),
    awsError("TransactionConflictException"),
    awsError("TransactionInProgressException"),
  ])("is tried again: %s", async (error) => {
    const transact = failing(9, error);
    expect(await withConflictRetry(transact)).toBe("written");
    expect(transact).toHaveBeenCalledTimes(10);
  });

  it("is given up after ten times", async () => {
    const error = cancelled("TransactionConflict");
    const transact = failing(10, error);
    await expect(withConflictRetry(transact)).rejects.toBe(error);
    expect(transact).toHaveBeenCalledTimes(10);
  });

  it.each([
    cancelled("ConditionalCheckFailed"),
    cancelled("TransactionConflict", "ConditionalCheckFailed"),
    awsError("ConditionalCheckFailedException"),
    awsError("ThrottlingException"),
    "no error at all",
  ])("is not tried again where that mends nothing: %s", async (error) => {
    const transact = failing(1, error);
    await expect(withConflictRetry(transact)).rejects.toBe(error);
    expect(transact).toHaveBeenCalledTimes(1);
  });
});
