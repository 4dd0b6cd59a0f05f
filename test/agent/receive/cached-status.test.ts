import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cachedStatus } from "../../../agent/receive/agent.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("an answer is believed for three seconds in each round, and a failure in none", async () => {
  const asked: string[] = [];
  let answer: () => Promise<boolean> = async () => true;
  const isActive = cachedStatus((reqId) => {
    asked.push(reqId);
    return answer();
  });
  for (const round of [1, 2, 3]) {
    answer = async () => round !== 2;
    expect(await isActive("a")).toBe(round !== 2);
    vi.advanceTimersByTime(2_999);
    expect(await isActive("a")).toBe(round !== 2);
    expect(await isActive("b")).toBe(round !== 2);
    expect(asked.splice(0)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(3_000);
  }
  answer = () => Promise.reject(new Error("throttled"));
  expect([await isActive("a"), await isActive("a")]).toEqual([true, true]);
  answer = async () => false;
  expect(await isActive("a")).toBe(false);
  expect(asked).toEqual(["a", "a", "a"]);
});
