import { describe, expect, it } from "vitest";
import { maxBytesOf } from "../../../agent/download/body-limits.ts";
import { BodyWatch } from "../../../agent/download/body-watch.ts";

/** Looks every second at a body that comes at this rate. @returns the failure and the second in which it is told */
function watch(
  bytesAt: (second: number) => number,
  maxBytes = Number.POSITIVE_INFINITY,
  { length, seconds = 600 }: { readonly length?: number; readonly seconds?: number } = {},
) {
  const body = new BodyWatch(0, maxBytes, length);
  for (let second = 0; second <= seconds; second++) {
    const failure = body.failure(second * 1_000, bytesAt(second));
    if (failure !== undefined) return { second, ...failure };
  }
  return undefined;
}

describe("a body that comes", () => {
  it("at 1 KiB a second is good, below that too slow after a minute", () => {
    expect(watch((second) => second * 1_024)).toBeUndefined();
    expect(watch((second) => second * 1_023)).toMatchObject({
      second: 60,
      ...{ reason: "too_slow", code: "TOO_SLOW", detail: "61380 bytes in 60 s; at least 1024 a second are wanted" },
    });
  });

  it("may be slow for a while, not for a whole minute of the clock", () => {
    expect(watch((second) => Math.floor(second / 25) * 31_000)).toBeUndefined();
    expect(watch((second) => Math.min(second, 70) * 1e6 + second)).toMatchObject({ second: 180, reason: "too_slow" });
  });

  it("as one byte every 29 s", () => {
    expect(watch((second) => Math.floor(second / 29))).toMatchObject({ second: 60, reason: "too_slow" });
  });

  it("not at all for more than 30 s", () => {
    expect(watch(() => 5)).toMatchObject({ second: 31, reason: "timeout", code: "BODY_TIMEOUT" });
  });

  it("of unknown length at a rate that would hold an instance for 18 hours, is given up after one", () => {
    expect(watch((second) => second * 1_024, 64 * 2 ** 20, { seconds: 70_000 })).toEqual({
      ...{ second: 3_601, reason: "too_slow", code: "TOO_SLOW" },
      detail: "3687424 bytes in 3601 s; a body of unknown length has 3600 s",
    });
  });

  it("of a known length has a second more for each 32 KiB of it", () => {
    const length = 64 * 2 ** 20;
    expect(watch((second) => second * 1_024, length, { length, seconds: 70_000 })).toMatchObject({
      ...{ second: 3_600 + 2_048 + 1, reason: "too_slow", code: "TOO_SLOW" },
      detail: "5784576 bytes in 5649 s; a body of 67108864 bytes has 5648 s",
    });
    expect(watch((second) => second * 40_000, 4e9, { length: 4e9, seconds: 100_000 })).toBeUndefined();
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
