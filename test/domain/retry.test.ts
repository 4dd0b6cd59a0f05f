import { pauseMs, retry } from "../../domain/retry.ts";

const QUICK = { firstMs: 1 };

test("the first outcome that is good enough ends it, and each try knows its number", async () => {
  const seen: number[] = [];
  const attempt = async (n: number) => {
    seen.push(n);
    return n;
  };
  expect(await retry(attempt, { ...QUICK, retryOnResult: (n) => n < 2 })).toBe(2);
  expect(seen).toEqual([0, 1, 2]);
});

test("an outcome that stays bad is returned when the tries are used up", async () => {
  const attempt = vi.fn(async () => "bad");
  expect(await retry(attempt, { ...QUICK, attempts: 3, retryOnResult: () => true })).toBe("bad");
  expect(attempt).toHaveBeenCalledTimes(3);
});

test("errors: one that does not pass is thrown at once", async () => {
  const attempt = vi.fn(async () => Promise.reject(new Error("for good")));
  await expect(retry(attempt, { ...QUICK, attempts: 3 })).rejects.toThrow("for good");
  expect(attempt).toHaveBeenCalledTimes(1);
});

test("errors: one that passes is tried again, and the last is thrown", async () => {
  const attempt = vi.fn(async (n: number) => Promise.reject(new Error(`try ${n}`)));
  await expect(retry(attempt, { ...QUICK, attempts: 3, retryOnError: () => true })).rejects.toThrow("try 2");
});

test("a signal ends the pause, and the try after it is the last", async () => {
  const ending = new AbortController();
  const attempt = vi.fn(async () => {
    setTimeout(() => ending.abort(), 5);
    return "bad";
  });
  const outcome = retry(attempt, { firstMs: 60_000, retryOnResult: () => true, signal: ending.signal });
  expect(await outcome).toBe("bad");
  expect(attempt).toHaveBeenCalledTimes(2);
});

test("pauses double up to the longest, spread around their mean", () => {
  const options = { firstMs: 100, longestMs: 350 };
  expect([0, 1, 2, 3].map((n) => pauseMs(n, options, 0.5))).toEqual([100, 200, 350, 350]);
  expect(pauseMs(0, options, 0)).toBe(50);
  expect(pauseMs(0, options, 1)).toBe(150);
});
