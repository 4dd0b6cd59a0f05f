import { BodyWatch, maxBytesOf } from "../../../../agent/fetch/http/body-limits.ts";

/** Looks every second at a body that comes at this rate. @returns the failure and the second in which it is told */
function watch(bytesAt: (second: number) => number, maxBytes = Number.POSITIVE_INFINITY, seconds = 600) {
  const body = new BodyWatch(0, maxBytes);
  for (let second = 0; second <= seconds; second++) {
    const failure = body.check(second * 1_000, bytesAt(second));
    if (failure !== undefined) return { second, ...failure };
  }
  return undefined;
}

describe("a body that comes", () => {
  it("at 1 KiB a second is good, below that too slow after a minute", () => {
    expect(watch((second) => second * 1_024)).toBeUndefined();
    expect(watch((second) => second * 1_023)).toMatchObject({
      second: 60,
      reason: "too_slow",
      code: "TOO_SLOW",
      detail: "61380 bytes in 60 s; at least 1024 a second are wanted",
    });
  });

  it("may be slow for a while, not for a whole minute of the clock", () => {
    expect(watch((second) => Math.floor(second / 25) * 31_000)).toBeUndefined();
    expect(watch((second) => Math.min(second, 70) * 1e6 + second)).toMatchObject({ second: 180, reason: "too_slow" });
  });

  it("not at all for more than 30 s", () => {
    expect(watch(() => 5)).toMatchObject({ second: 31, reason: "timeout", code: "BODY_TIMEOUT" });
  });

  it("at a rate that would hold an instance for 18 hours, is given up a little after one", () => {
    expect(watch((second) => second * 1_024, 64 * 2 ** 20, 70_000)).toEqual({
      second: 3_717,
      reason: "too_slow",
      code: "TOO_SLOW",
      detail: "3806208 bytes in 3717 s; so many may take 3716 s",
    });
  });

  it("without end", () => {
    expect(watch((second) => second * 1e6, 10e6)).toMatchObject({ second: 11, reason: "too_large", code: "TOO_LARGE" });
  });
});

it("how much of a body is read depends on what Get Size saw, and is never more than CloudFront caches", () => {
  expect([null, 0, 1e6, 1e9, 40e9].map(maxBytesOf)).toEqual([
    50 * 2 ** 30,
    64 * 2 ** 20,
    64 * 2 ** 20,
    4e9,
    50 * 2 ** 30,
  ]);
});
