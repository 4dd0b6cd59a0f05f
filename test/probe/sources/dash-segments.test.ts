import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countIn, template, timelineRuns } from "../../../probe/sources/dash-segments.ts";
import { durationSeconds, integerOf } from "../../../probe/sources/mpd.ts";

it.each([
  ["PT634.566S", 634.566],
  ["PT1H2M3.5S", 3_723.5],
  ["PT734.1666666666667S", 734.1666666666667],
  [`PT1.${"3".repeat(40)}S`, 1.3333333333333333],
  [`PT1.${"3".repeat(41)}S`, undefined],
  ["P1DT1S", 86_401],
  ["P1Y2M", 36_720_000],
  ["PT0S", 0],
  ["10", undefined],
  ["-PT1S", undefined],
  ["P", undefined],
  ["PT", undefined],
  ["P1DT", undefined],
])("%s is %s seconds", (text, seconds) => expect(durationSeconds(text)).toBe(seconds));

it.each([
  ["2000000", 2_000_000n],
  ["2000000.0", 2_000_000n],
  ["4.", 4n],
  [" +5.00 ", 5n],
  ["-4.0", -4n],
  ["0007", 7n],
  ["1.50E1", 15n],
  ["2e6", 2_000_000n],
  ["1200e-2", 12n],
  ["18446744073709551615", 18_446_744_073_709_551_615n],
  ["18446744073709551616", undefined],
  ["1e99", undefined],
  ["1200e-3", undefined],
  ["4.5", undefined],
  ["", undefined],
  ["-", undefined],
  [".5", undefined],
  ["1,000", undefined],
  ["0x10", undefined],
  ["1_000", undefined],
  ["NaN", undefined],
])("the number %j is the integer %s", (text, value) => expect(integerOf(text)).toBe(value));

it("an integer is the same however it is written", () => {
  const zeros = fc.nat(20).map((n) => "0".repeat(n));
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }), zeros, (value, zeros) => {
      expect(integerOf(`${value}.${zeros}`)).toBe(value);
      expect(integerOf(`${value}${zeros}e-${zeros.length}`)).toBe(value);
    }),
  );
});

it.each([
  ["v/$RepresentationID$/$Number$.m4s", "v/hd/7.m4s"],
  ["$Bandwidth%08d$-$Number%05d$-$Time%03d$", "00005000-00007-90000"],
  ["a$$b$$$Time$", "a$b$90000"],
  ["plain.mp4", "plain.mp4"],
  ["$Number", undefined],
  ["$Number%5d$", undefined],
  ["$Number%0999d$", undefined],
  ["$SubNumber$", undefined],
  ["$number$", undefined],
  [`${"x".repeat(100)}$Number$`, undefined],
])("the template %s is %s", (text, filled) => {
  expect(template(text, { id: "hd", bandwidth: "5000" }, 100)?.(7n, 90_000n)).toBe(filled);
});

it.each([
  ["$Time$", "-20"],
  ["$Time%05d$", "-0020"],
  ["$Time%02d$", "-20"],
])("the template %s of the time -20 is %s", (text, filled) => {
  expect(template(text, { id: undefined, bandwidth: undefined }, 100)?.(1n, -20n)).toBe(filled);
});

describe("a timeline", () => {
  it.each([
    [
      "repeats",
      [{ t: 0n, d: 2n, r: 2n }, { d: 3n }],
      [
        [0n, 3n],
        [6n, 1n],
      ],
    ],
    [
      "has gaps",
      [
        { t: 0n, d: 2n },
        { t: 10n, d: 2n },
      ],
      [
        [0n, 1n],
        [10n, 1n],
      ],
    ],
    ["begins late", [{ t: 16_000_000_000_000_001n, d: 2n, r: 1n }], [[16_000_000_000_000_001n, 2n]]],
    [
      "repeats up to the next entry",
      [
        { t: 0n, d: 2n, r: -1n },
        { t: 7n, d: 1n },
      ],
      [
        [0n, 4n],
        [7n, 1n],
      ],
    ],
    ["repeats up to the period's end", [{ t: 100n, d: 3n, r: -1n }], [[100n, 4n]]],
    ["stands for millions", [{ t: 0n, d: 1n, r: 3_000_000n }], [[0n, 3_000_001n]]],
    ["has no length", [{ t: 0n, d: 0n }], undefined],
    ["says no length", [{ t: 0n }], undefined],
    [
      "runs backwards",
      [
        { t: 10n, d: 1n, r: -1n },
        { t: 5n, d: 1n },
      ],
      undefined,
    ],
  ])("%s", (_, entries, runs) => {
    const read = timelineRuns(entries, 1n, (from) => Number(110n - from));
    expect(read?.map(({ time, count }) => [time, count])).toEqual(runs);
  });

  it("without an end of the period", () => {
    expect(timelineRuns([{ t: 0n, d: 3n, r: -1n }], 1n, undefined)).toBeUndefined();
  });

  it.each([
    [10, 2n, 5n],
    [10.000_000_001, 2n, 5n],
    [11, 2n, 6n],
    [0, 2n, 0n],
    [10, 0n, undefined],
    [Number.POSITIVE_INFINITY, 2n, undefined],
    [undefined, 2n, undefined],
  ])("%s ticks take segments of %s %s times", (ticks, duration, count) => expect(countIn(ticks, duration)).toBe(count));
});
