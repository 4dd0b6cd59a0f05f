import { describe, expect, test } from "vitest";
import { BackOff } from "../../../domain/origin/back-off.ts";

const START = 1_700_000_000_000;

/** One that was refused at `START`, after so many good answers in the second before. */
function refused(accepted: number, waitMs?: number): BackOff {
  const backOff = new BackOff();
  for (let n = 0; n < accepted; n++) backOff.good(START - 850 + (800 * n) / accepted);
  for (let n = 0; n < 30; n++) backOff.refused(START - 10, START, waitMs);
  return backOff;
}

test("without a refusal, nothing is held back", () => {
  const backOff = new BackOff();
  backOff.take(START);
  expect([backOff.isActive, backOff.nextAt(START), backOff.perSecond(START)]).toEqual([
    false,
    START,
    Number.POSITIVE_INFINITY,
  ]);
});

describe("after the first refusal", () => {
  test.each([
    ["it does not say for how long", undefined, 1_000],
    ["it says so, but others are answered", 900_000, 1_000],
    ["at once", 0, 0],
  ])("nothing is asked for a while: %s", (_, waitMs, ms) => {
    expect(refused(50, waitMs).nextAt(START)).toBe(START + ms);
  });

  test.each([
    [100, 80],
    [10, 8],
    [0, 0.2],
  ])("of %i that were accepted in a second, %d are asked", (accepted, perSecond) => {
    expect(refused(accepted).perSecond(START + 1_000)).toBeCloseTo(perSecond, 1);
  });

  test("answers that were on their way still count", () => {
    const backOff = refused(50);
    for (let n = 0; n < 50; n++) backOff.good(START - 200);
    expect(backOff.perSecond(START + 1_000)).toBeCloseTo(80, 1);
  });

  test("those that follow come at that rate", () => {
    const backOff = refused(50);
    const first = START + 1_000;
    backOff.take(first);
    expect(backOff.nextAt(first)).toBeCloseTo(first + 25, 5);
    backOff.take(first + 40);
    expect(backOff.nextAt(first + 40)).toBeCloseTo(first + 65, 0);
  });
});

describe("a further refusal", () => {
  test("of what was on its way is known already", () => {
    const backOff = refused(50);
    for (let n = 0; n < 100; n++) backOff.refused(START - 5, START + 20, undefined);
    expect(backOff.nextAt(START)).toBe(START + 1_000);
  });

  test.each([
    ["the most is accepted", 40, 32],
    ["some is", 28, 28],
    ["nothing is", 0, 20],
  ])("cuts the rate: %s", (_, accepted, perSecond) => {
    const backOff = refused(50);
    const later = START + 1_500;
    expect(backOff.perSecond(later)).toBeCloseTo(40, 0);
    for (let n = 0; n < accepted; n++) backOff.good(later - 400);
    backOff.refused(later - 10, later, undefined);
    expect(Math.abs(backOff.perSecond(later + 1_000) - perSecond)).toBeLessThan(0.5);
    expect(backOff.pauseMs(later)).toBe(1_000);
  });
});

test("it grows again, slowly at first, and is forgotten", () => {
  const backOff = refused(50);
  const at = (seconds: number) => backOff.perSecond(START + seconds * 1_000);
  expect(at(11)).toBeCloseTo(40 * Math.exp(0.1), 0);
  for (let second = 12; second < 61; second++) at(second);
  expect(at(61)).toBeGreaterThan(200);
  for (let second = 62; second < 120; second++) at(second);
  expect([at(120), backOff.isActive]).toEqual([Number.POSITIVE_INFINITY, false]);
});

test("an origin that is down is asked now and then", () => {
  const backOff = refused(0);
  let now = START;
  for (let n = 0; n < 50; n++) {
    now = backOff.nextAt(now);
    backOff.take(now);
    backOff.refused(now, now + 5, undefined);
  }
  expect((now - START) / 50).toBeLessThan(6_000);
});

describe("when others were refused", () => {
  test("a process that knows nothing of the origin begins slowly, and doubles its rate as it is answered", () => {
    const backOff = new BackOff();
    backOff.beCareful(START);
    const rates: number[] = [];
    for (let second = 0; second <= 11; second++) {
      const rate = backOff.perSecond(START + second * 1_000);
      rates.push(rate);
      for (let n = 0; n < Math.min(rate, 1_000); n++) backOff.good(START + second * 1_000);
    }
    expect(rates[0]).toBe(1);
    expect(rates[4]).toBeCloseTo(16, 5);
    expect([rates[11], backOff.isActive]).toEqual([Number.POSITIVE_INFINITY, false]);
  });

  test("one that asks nothing stays slow", () => {
    const backOff = new BackOff();
    backOff.beCareful(START);
    expect(backOff.perSecond(START + 60_000)).toBe(1);
  });

  test("one that has had answers does not", () => {
    const backOff = new BackOff();
    backOff.good(START - 5_000);
    backOff.beCareful(START);
    expect(backOff.isActive).toBe(false);
  });

  test("and its first refusal is one as any other", () => {
    const backOff = new BackOff();
    backOff.beCareful(START);
    backOff.refused(START, START + 10, undefined);
    expect(backOff.perSecond(START + 1_010)).toBeCloseTo(0.5, 1);
  });
});

describe("a wish to be left alone", () => {
  test("holds for all once nothing good has come between two refusals", () => {
    const backOff = new BackOff();
    backOff.refused(START, START + 5, 60_000);
    expect(backOff.pauseMs(START + 5)).toBe(3_000);
    backOff.refused(START + 3_100, START + 3_105, 60_000);
    expect(backOff.pauseMs(START + 3_105)).toBe(60_000);
  });

  test("ends with the next good answer", () => {
    const backOff = new BackOff();
    backOff.refused(START, START + 5, 60_000);
    backOff.refused(START + 3_100, START + 3_105, 60_000);
    backOff.good(START + 3_090);
    expect(backOff.pauseMs(START + 3_105)).toBe(1_000);
  });
});

test("two refusals in a hundred are borne, and so is each URL that fails again", () => {
  const backOff = new BackOff();
  for (let n = 0; n < 2_000; n++) {
    const at = START + n * 10;
    if (n % 50 === 49) backOff.refused(at, at + 5, 900_000);
    else backOff.good(at);
    if (n > 100 && n % 7 === 0) backOff.refused(at, at + 5, undefined, true);
    expect(backOff.isActive).toBe(false);
  }
});
