import { describe, expect, test } from "vitest";
import { arrangementOf, readingMs } from "../../../agent/origin/arrangement.ts";
import { Budget } from "../../../agent/origin/budget.ts";
import { patienceOf } from "../../../domain/request/patience.ts";
import type { Beat } from "../../../domain/request/progress.ts";

const START = 1_700_000_000_000;
const patience = patienceOf(900);
const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
const beat = (worker: string, ageMs = 0, more: Partial<Beat> = {}, now = START): Beat => ({
  ...{ instance: "i", worker, at: now - ageMs, tasks: 1, sharing: true, ...rates },
  ...more,
});

describe("who shares a limit", () => {
  test.each<[string, Beat[], object | undefined]>([
    ["alone", [beat("b")], { index: 0, count: 1 }],
    ["with others, in one order for all", [beat("c"), beat("b"), beat("a")], { index: 1, count: 3 }],
    ["whether they hold tasks or not", [beat("a", 0, { tasks: 0 }), beat("b")], { index: 1, count: 2 }],
    ["not with the dead", [beat("a", 60_001), beat("b")], { index: 0, count: 1 }],
    ["with those that may be alive", [beat("a", 59_000), beat("b")], { index: 1, count: 2 }],
    ["not with those who said that they leave", [beat("a", 0, { left: true }), beat("b")], { index: 0, count: 1 }],
    ["not with one from the future", [beat("a", -61_000), beat("b")], { index: 0, count: 1 }],
    ["nobody knows before this one's beat is there", [beat("a")], undefined],
    ["nor while its beat gets old: the others may count it out", [beat("b", 30_001)], undefined],
  ])("%s", (_, beats, place) => {
    const seen = arrangementOf(beats, "i#b", START, patience);
    if (place === undefined) expect(seen).toBeUndefined();
    else expect(seen).toMatchObject(place);
  });

  test("and what they have under way", () => {
    const beats = [beat("a", 0, { asking: 3 }), beat("b", 0, { asking: 5 }), beat("c")];
    expect(arrangementOf(beats, "i#b", START, patience)?.others).toBe(3);
  });

  test.each([
    [1, 10_000],
    [100, 10_000],
    [101, 20_000],
    [600, 60_000],
  ])("%i processes read every %i ms", (processes, ms) => {
    expect(readingMs(patience, processes)).toBe(ms);
  });
});

/** Reads every ten seconds, from `START` on. `who`: the processes that each reading sees. */
function read(budget: Budget, who: readonly string[]): void {
  for (const [n, names] of who.entries()) {
    const now = START + n * 10_000;
    budget.read(
      [...names].map((name) => beat(name, 0, {}, now)),
      now,
    );
  }
}

describe("a change stands after two readings: until then nothing is asked", () => {
  const asksAt = (budget: Budget, seconds: number) => budget.nextAt(START + seconds * 1_000) - START;

  test("at the beginning", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    expect(asksAt(budget, 0)).toBe(Number.POSITIVE_INFINITY);
    read(budget, ["b", "b"]);
    expect(asksAt(budget, 10)).toBe(12_500);
    expect(asksAt(budget, 12.5)).toBeLessThan(12_700);
  });

  test("when somebody comes or goes", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    read(budget, ["b", "b", "ab", "ab"]);
    expect(asksAt(budget, 30)).toBe(32_500);
    expect(budget.pauseMs(START + 30_000)).toBe(2_500);
    expect(asksAt(budget, 32.6)).toBeLessThan(33_000);
  });

  test("nor when nobody can read", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    read(budget, ["b", "b"]);
    expect(asksAt(budget, 32)).toBeLessThan(33_000);
    expect(asksAt(budget, 33)).toBe(Number.POSITIVE_INFINITY);
  });
});

test("seats are taken and given back", () => {
  const budget = new Budget({ concurrency: 3 }, "i#b", patience);
  expect(budget.freeSeats(START)).toBe(0);
  read(budget, ["ab", "ab"]);
  const now = START + 15_000;
  expect([budget.freeSeats(now), budget.nextAt(now)]).toEqual([1, now]);
  budget.sit();
  expect([budget.freeSeats(now), budget.nextAt(now), budget.nextAt(now, true)]).toEqual([0, Number.POSITIVE_INFINITY, now]);
  budget.rise(400);
  expect([budget.freeSeats(now), budget.isInUse]).toEqual([1, false]);
  // The pace of late follows what downloads take.
  expect(budget.seatsPerSecond()).toBeGreaterThan(1);
});
