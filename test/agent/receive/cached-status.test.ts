import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cachedStatus } from "../../../agent/receive/agent.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("an answer is believed for three seconds, and each request's is its own", async () => {
  let active = true;
  const read = vi.fn(async () => active);
  const isActive = cachedStatus(read);
  const asked = ["a", "a", "b"].map((reqId) => isActive(reqId));
  expect(await Promise.all(asked)).toEqual([true, true, true]);
  expect(read.mock.calls).toEqual([["a"], ["b"]]);
  active = false;
  vi.advanceTimersByTime(2_999);
  expect(await isActive("a")).toBe(true);
  vi.advanceTimersByTime(1);
  expect(await isActive("a")).toBe(false);
  expect(read).toHaveBeenCalledTimes(3);
});

test("a look-up that failed counts as active, and is made again", async () => {
  const read = vi.fn(async () => false).mockRejectedValueOnce(new Error("throttled"));
  const isActive = cachedStatus(read);
  expect(await isActive("q")).toBe(true);
  expect(await isActive("q")).toBe(false);
});
