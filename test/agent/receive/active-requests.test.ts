import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ActiveRequests } from "../../../agent/receive/active-requests.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("an answer is believed for three seconds, and each request's is its own", async () => {
  let active = true;
  const isActive = vi.fn(async () => active);
  const requests = new ActiveRequests({ isActive });
  const asked = ["a", "a", "b"].map((reqId) => requests.isActive(reqId));
  expect(await Promise.all(asked)).toEqual([true, true, true]);
  expect(isActive.mock.calls).toEqual([["a"], ["b"]]);
  active = false;
  vi.advanceTimersByTime(2_999);
  expect(await requests.isActive("a")).toBe(true);
  vi.advanceTimersByTime(1);
  expect(await requests.isActive("a")).toBe(false);
  expect(isActive).toHaveBeenCalledTimes(3);
});

test("a look-up that failed is not believed", async () => {
  const isActive = vi.fn(async () => true).mockRejectedValueOnce(new Error("throttled"));
  const requests = new ActiveRequests({ isActive });
  await expect(requests.isActive("q")).rejects.toThrow("throttled");
  expect(await requests.isActive("q")).toBe(true);
});
