import { describe, expect, test } from "vitest";
import { arrangementOf, readingMs } from "../../../agent/origin/arrangement.ts";
import { Budget } from "../../../agent/origin/budget.ts";
import { patienceOf } from "../../../domain/request/patience.ts";
import type { Beat } from "../../../domain/request/progress.ts";

const START = 1_700_000_000_000;
const patience = patienceOf(900);
const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
const beat = (worker: string, ageMs = 0, more: Partial<Beat> = {}, now = START): Beat => ({
  ...{ instance: "i", worker, at: now - ageMs, tasks: 1, sharing: START, ...rates },
  ...more,
});

describe("who shares a limit", () => {
  test.each<[string, Beat[], object | undefined]>([
    ["alone", [beat("b")], { index: 0, count: 1 }],
    ["with others, in one order for all", [beat("c"), beat("b"), beat("a")], { index: 1, count: 3 }],
    ["in the same order, whoever is read first", [beat("b"), beat("a")], { index: 1, count: 2, key: "i#a\ni#b" }],
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

  test.each<[string, Beat[], object | undefined]>([
    [
      "not with those who only hold followers, or pass on",
      [beat("a", 0, { sharing: undefined }), beat("b")],
      { index: 0 },
    ],
    ["the first two have a share", [beat("b"), beat("c"), beat("d")], { index: 0, count: 2, key: "i#b\ni#c" }],
    ["the third steps in for one of them", [beat("a"), beat("a2"), beat("b")], { index: -1, count: 2 }],
    ["who comes later is behind", [beat("a", 0, { sharing: START + 1 }), beat("b")], { index: 0, key: "i#b\ni#a" }],
    ["nobody who has not joined has a place", [beat("a"), beat("b", 0, { sharing: undefined })], undefined],
  ])("where two have a share: %s", (_, beats, place) => {
    const seen = arrangementOf(beats, "i#b", START, patience, 2);
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

/** How many turns it takes between two moments, in seconds. */
function turnsASecond(budget: Budget, from: number, to: number): number {
  let taken = 0;
  for (let now = START + from * 1_000; ; taken++) {
    now = Math.max(now, budget.nextAt(now));
    if (now >= START + to * 1_000) return taken / (to - from);
    budget.take(now);
  }
}

describe("a change stands after two readings: until then only what is its own either way is asked for", () => {
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
    // It gives up the newcomer's turns at once, and keeps its own: half of them.
    expect(budget.pauseMs(START + 30_000)).toBe(0);
    expect(asksAt(budget, 30)).toBeLessThan(31_000);
    expect(turnsASecond(budget, 30, 50)).toBeCloseTo(4.5, 0);
  });

  test("the newcomer waits for that", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    read(budget, ["ab", "ab"]);
    expect(asksAt(budget, 10)).toBe(12_500);
    expect(budget.pauseMs(START + 10_000)).toBe(2_500);
  });

  test("what somebody leaves is nobody's until then", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    read(budget, ["ab", "ab", "ab", "b", "b"]);
    expect(turnsASecond(budget, 40, 42.5)).toBeLessThan(7);
    expect(turnsASecond(budget, 42.6, 52.6)).toBeCloseTo(9, 0);
  });

  test("of seats, it uses no more than it has either way", () => {
    const budget = new Budget({ concurrency: 4 }, "i#b", patience);
    read(budget, ["b", "b", "ab", "b"]);
    const free = (seconds: number) => budget.freeSeats(START + seconds * 1_000);
    expect([free(30), free(42), free(42.6)]).toEqual([2, 2, 4]);
  });

  test("readers that are slow are waited for: those of more than a hundred", () => {
    const crowd = (count: number) => ["i#b", ...Array.from({ length: count - 1 }, (_, n) => `i#x${n}`)];
    const readAt = (budget: Budget, seconds: number, count: number) => {
      const now = START + seconds * 1_000;
      budget.read(
        crowd(count).map((name) => beat(name.slice(2), 0, {}, now)),
        now,
      );
    };
    const budget = new Budget({ concurrency: 10_100 }, "i#b", patience);
    for (const [seconds, count] of [
      [0, 101],
      [20, 101],
      [40, 100],
    ] as const)
      readAt(budget, seconds, count);
    // They read every ten seconds now; the others may do so every twenty, for once more.
    expect(budget.everyMs).toBe(10_000);
    const free = (seconds: number) => budget.freeSeats(START + seconds * 1_000);
    expect([free(53), free(64.9), free(65.1)]).toEqual([100, 100, 101]);
  });

  test("nor when nobody can read", () => {
    const budget = new Budget({ requests_per_second: 10 }, "i#b", patience);
    read(budget, ["b", "b"]);
    expect(asksAt(budget, 32)).toBeLessThan(33_000);
    expect(asksAt(budget, 33)).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([
  ["too few share", "a", true, "SHARES"],
  ["enough share", "ac", false, "PASSES"],
])("it joins only if %s", (_, others, joins, part) => {
  const budget = new Budget({ concurrency: 2 }, "i#b", patience);
  expect(budget.part).toBe("UNKNOWN");
  expect(
    budget.look(
      [...others].map((name) => beat(name)),
      START,
    ),
  ).toBe(joins);
  expect(budget.part).toBe(part);
});

test("it joins if one of those that share is dead", () => {
  const budget = new Budget({ concurrency: 2 }, "i#b", patience);
  expect(budget.look([beat("a", 60_001), beat("c"), beat("d", 0, { sharing: undefined })], START)).toBe(true);
});

test("downloads that others still have under way take seats, also if they share no more", () => {
  const budget = new Budget({ concurrency: 4 }, "i#b", patience);
  for (const seconds of [0, 10]) {
    const now = START + seconds * 1_000;
    budget.read([beat("a", 0, { asking: 3, left: true }, now), beat("b", 0, { asking: 2 }, now)], now);
  }
  expect(budget.freeSeats(START + 15_000)).toBe(1);
  budget.sit();
  expect([budget.freeSeats(START + 15_000), budget.isInUse]).toEqual([0, true]);
});

test("who has joined at the same time as others, and is one too many, passes on what it receives", () => {
  const budget = new Budget({ concurrency: 2 }, "i#d", patience);
  read(budget, ["abd", "abd"]);
  expect([budget.part, budget.freeSeats(START + 15_000)]).toEqual(["PASSES", 0]);
  read(budget, ["abd", "abd", "ad", "ad"]);
  expect([budget.part, budget.freeSeats(START + 35_000)]).toEqual(["SHARES", 1]);
});

test.each([
  ["their share", 2, 2],
  ["more than their share, because one of them crashed and its share is this one's", 3, 1],
  ["all of the limit", 4, 0],
  ["more than the limit", 6, 0],
])("with the others, it does not exceed the limit: they have %s", (_, asking, free) => {
  const budget = new Budget({ concurrency: 4 }, "i#b", patience);
  for (const now of [START, START + 10_000]) budget.read([beat("a", 0, { asking }, now), beat("b", 0, {}, now)], now);
  expect(budget.freeSeats(START + 15_000)).toBe(free);
});

test.each([
  ["one has more than its share, one less", { a: 7, c: 1 }, 0, 2],
  ["both have more, and one that has left still has some", { a: 4, c: 3 }, 2, 1],
  ["together they have more than the limit", { a: 6, c: 3 }, 2, 0],
  ["they leave some of their share: that is not this one's", { a: 2, c: 1 }, 0, 3],
])("with several others, their downloads are added up: %s", (_, { a, c }, left, free) => {
  const budget = new Budget({ concurrency: 10 }, "i#b", patience);
  for (const now of [START, START + 10_000]) {
    const gone = beat("d", 0, { asking: left, left: true }, now);
    budget.read([beat("a", 0, { asking: a }, now), beat("b", 0, {}, now), beat("c", 0, { asking: c }, now), gone], now);
  }
  expect(budget.freeSeats(START + 15_000)).toBe(free);
});

test("seats are taken and given back", () => {
  const budget = new Budget({ concurrency: 3 }, "i#b", patience);
  expect(budget.freeSeats(START)).toBe(0);
  read(budget, ["ab", "ab"]);
  const now = START + 15_000;
  expect([budget.freeSeats(now), budget.nextAt(now)]).toEqual([1, now]);
  budget.sit();
  expect([budget.freeSeats(now), budget.nextAt(now), budget.nextAt(now, true)]).toEqual([
    0,
    Number.POSITIVE_INFINITY,
    now,
  ]);
  budget.rise(400);
  expect([budget.freeSeats(now), budget.isInUse]).toEqual([1, false]);
  // The pace of late follows what downloads take.
  expect(budget.seatsPerSecond()).toBeGreaterThan(1);
});
