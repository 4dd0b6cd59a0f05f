import { describe, expect, it } from "vitest";
import {
  assembleFacts,
  decideSettlement,
  lastSignOf,
  MAX_REQUEUES,
  needsSettlement,
  othersAtWork,
  recheckInMs,
  type SettlementFacts,
  timingsOf,
} from "../../../domain/request/lifecycle.ts";
import type { Progress } from "../../../domain/request/progress.ts";
import { formatTimestamp, parseTimestamp } from "../../../domain/timestamps.ts";
import { count, request } from "../../lambdas/items.ts";

const timings = timingsOf();
const NOW = Date.UTC(2024, 3, 16, 4);
const minutesAgo = (minutes: number) => NOW - minutes * 60_000;

/** It stands still for 15 minutes, the queue was seen empty a minute ago and is empty. */
const lost: SettlementFacts = {
  total: 4,
  counted: 3,
  failedTooOften: false,
  timeoutAt: NOW + 1,
  allQueued: true,
  paused: false,
  heldTasks: 0,
  othersAtWork: 0,
  lastSignAt: minutesAgo(15),
  messages: 0,
  emptySeenAt: minutesAgo(1),
  requeues: 0,
  now: NOW,
  timings,
};
/** The same, but messages are left, which others work on. */
const busy = { messages: 9, othersAtWork: 2, lastSignAt: minutesAgo(30), emptySeenAt: undefined };

describe("a look leads to", () => {
  it.each([
    ["FAIL", "too many tasks have failed", { failedTooOften: true }],
    ["FAIL", "however it stands otherwise", { failedTooOften: true, heldTasks: 9, allQueued: false, paused: true }],
    ["FAIL", "even when every task has a result: who came first does not matter", { failedTooOften: true, counted: 4 }],
    ["FAIL", "even when the time is up", { failedTooOften: true, timeoutAt: NOW }],
    ["FINISH", "every task has a result", { counted: 4 }],
    ["FINISH", "with messages left: they are duplicates", { counted: 4, messages: 2 }],
    ["FINISH", "even when the time is up", { counted: 4, timeoutAt: NOW }],
    ["FINISH", "even when it is paused", { counted: 4, paused: true }],
    ["TIME_OUT", "the time is up", { timeoutAt: NOW }],
    ["TIME_OUT", "with messages on their way, and agents at work", { timeoutAt: NOW, messages: 2, heldTasks: 1 }],
    ["TIME_OUT", "before the POPs were resolved", { total: 0, counted: 0, timeoutAt: NOW }],
    ["TIME_OUT", "while it is paused", { timeoutAt: NOW, paused: true }],
    ["WAIT", "nothing is known yet", { total: 0, counted: 0 }],
    ["WAIT", "tasks are still being queued", { allQueued: false }],
    ["WAIT", "it is paused", { paused: true }],
    ["WAIT", "an agent holds a task of it, for however long", { heldTasks: 1, lastSignAt: minutesAgo(300) }],
    ["WAIT", "the last sign of life is not long ago", { lastSignAt: minutesAgo(14.9) }],
    ["WAIT", "messages are left and nobody works: it waits for instances", { messages: 1 }],
    ["WAIT", "the same for hours", { messages: 1, lastSignAt: minutesAgo(600) }],
    ["WAIT", "others are at work, and not for long enough", { ...busy, lastSignAt: minutesAgo(29.9) }],
    ["WAIT", "others hold the queue full, but an agent holds one of this", { ...busy, heldTasks: 1 }],
    ["CHECK_AGAIN", "the queue is empty for the first time", { emptySeenAt: undefined }],
    ["CHECK_AGAIN", "the second look came early", { emptySeenAt: minutesAgo(0.9) }],
    ["CHECK_AGAIN", "it was empty before the last sign of life", { emptySeenAt: minutesAgo(16) }],
    [
      "CHECK_AGAIN",
      "the queue is empty for the first time, while others have been at work for long",
      { othersAtWork: 2, lastSignAt: minutesAgo(31), emptySeenAt: undefined },
    ],
    ["REQUEUE", "the queue is empty twice, a minute apart", {}],
    ["REQUEUE", "it was empty at the moment of the last sign of life", { emptySeenAt: minutesAgo(15) }],
    ["REQUEUE", "others keep the queue full, and nothing came of this one for long", busy],
    ["REQUEUE", "others are at work, and the queue is empty twice", { othersAtWork: 3 }],
    ["REQUEUE", "for the last time", { requeues: MAX_REQUEUES - 1 }],
    ["GIVE_UP", "queued often enough", { requeues: MAX_REQUEUES }],
    ["GIVE_UP", "queued often enough, while others keep the queue full", { ...busy, requeues: MAX_REQUEUES }],
    ["WAIT", "queued often enough, but it waits for instances", { requeues: MAX_REQUEUES, messages: 1 }],
  ] as const)("%s: %s", (settlement, _, change) => {
    expect(decideSettlement({ ...lost, ...change })).toBe(settlement);
  });

  it("the same in proportion, where the stack's times are shorter", () => {
    const seconds = (n: number) => NOW - n * 1_000;
    const short = { ...lost, timings: timingsOf(20), lastSignAt: seconds(20), emptySeenAt: seconds(2) };
    expect(decideSettlement(short)).toBe("REQUEUE");
    expect(decideSettlement({ ...short, lastSignAt: seconds(19) })).toBe("WAIT");
    expect(decideSettlement({ ...short, ...busy, lastSignAt: seconds(39) })).toBe("WAIT");
    expect(decideSettlement({ ...short, ...busy, lastSignAt: seconds(40) })).toBe("REQUEUE");
  });
});

describe("the second look at an empty queue", () => {
  it("comes a minute after the first", () => {
    expect(recheckInMs({ ...lost, emptySeenAt: undefined })).toBe(60_000);
    expect(recheckInMs({ ...lost, emptySeenAt: NOW - 40_000 })).toBe(20_000);
    expect(recheckInMs({ ...lost, emptySeenAt: minutesAgo(3) })).toBe(0);
  });
});

describe("a look is asked for", () => {
  it.each([
    [true, "when something is to be done", {}],
    [true, "when the counters reach the total", { counted: 4 }],
    [true, "when too many have failed", { failedTooOften: true }],
    [true, "when the queue is seen empty for the first time", { emptySeenAt: undefined }],
    [false, "not while the second look is on its way", { emptySeenAt: minutesAgo(0.5) }],
    [false, "not while it goes on", { heldTasks: 1 }],
    [false, "not while its timer may still come", { heldTasks: 1, timeoutAt: NOW - 119_999 }],
    [true, "when its time has been up for two minutes", { heldTasks: 1, timeoutAt: NOW - 120_000 }],
  ] as const)("%s: %s", (asked, _, change) => {
    expect(needsSettlement({ ...lost, ...change })).toBe(asked);
  });
});

describe("what is known of a request", () => {
  const beat = (at: number, tasks: number) => ({
    instance: "i-1",
    worker: `w${at}`,
    at,
    tasks,
    bytes: 0,
    bytes_per_second: 0,
    tasks_per_second: 0,
  });
  const item = request({
    status: "IN_PROGRESS",
    total_count: 9,
    last_update_time: formatTimestamp(new Date(minutesAgo(9))),
    empty_seen_at: 7,
    requeues: 1,
  });
  const progress: Progress = {
    count: count(3, 30, 1),
    movedAt: minutesAgo(5),
    beats: [beat(NOW - 10_000, 2), beat(NOW - 50_000, 3), beat(NOW - 61_000, 5), beat(NOW - 1_000, 0)],
  };
  const others: Progress = { ...progress, beats: [beat(NOW, 1), beat(NOW, 0), beat(NOW - 61_000, 7)] };
  const all = new Map([
    ["r1", progress],
    ["r2", others],
  ]);
  const seen = { progress, othersAtWork: othersAtWork(all, "r1", NOW, timings), messages: 4, now: NOW, timings };

  it("is brought together: what fresh beats hold, and the counters", () => {
    expect(assembleFacts(item, seen)).toEqual({
      total: 9,
      counted: 3,
      failedTooOften: false,
      timeoutAt: parseTimestamp(item.timeout_at).getTime(),
      allQueued: true,
      paused: false,
      heldTasks: 5,
      othersAtWork: 1,
      lastSignAt: NOW - 1_000,
      messages: 4,
      emptySeenAt: 7,
      requeues: 1,
      now: NOW,
      timings,
    });
    expect(
      assembleFacts({ ...item, instance_count: 0, status: "INSERT_TASK" }, { ...seen, counted: count(8, 0, 1) }),
    ).toMatchObject({
      counted: 8,
      paused: true,
      allQueued: false,
    });
  });

  it("says whether more tasks have failed than are allowed, counted exactly if they are", () => {
    const failedTooOften = (max_failures: number | undefined, more: object = {}) =>
      assembleFacts({ ...item, max_failures }, { ...seen, ...more }).failedTooOften;
    expect([undefined, 1, 0].map((most) => failedTooOften(most))).toEqual([false, false, true]);
    expect(failedTooOften(2, { counted: count(8, 0, 2) })).toBe(false);
    expect(failedTooOften(0, { counted: count(8, 0, 1) })).toBe(true);
  });

  it("has as its last sign of life a result, a beat or a change, whichever is the newest", () => {
    const at = (change: Partial<Progress>) =>
      lastSignOf(item, { ...progress, beats: [], movedAt: undefined, ...change }, NOW, timings);
    expect(at({})).toBe(minutesAgo(9));
    expect(at({ movedAt: minutesAgo(5) })).toBe(minutesAgo(5));
    expect(at({ movedAt: minutesAgo(11) })).toBe(minutesAgo(9));
    expect(at({ movedAt: minutesAgo(5), beats: [beat(minutesAgo(3), 1)] })).toBe(minutesAgo(3));
    // It has put its tasks off, because their origin asked for timings.
    expect(at({ movedAt: minutesAgo(5), beats: [beat(minutesAgo(3), 0)] })).toBe(minutesAgo(3));
  });

  it("does not believe a beat from the future, so a forged one cannot hide that the request stands still", () => {
    const beats = [beat(minutesAgo(3), 1), beat(NOW + 86_400_000, 1), beat(Number.MAX_VALUE, 0)];
    expect(lastSignOf(item, { ...progress, movedAt: undefined, beats }, NOW, timings)).toBe(minutesAgo(3));
  });

  it("takes a beat of an instance whose clock is ahead by less than heartbeatTimeoutMs for one of now", () => {
    const beats = [beat(NOW + timings.heartbeatTimeoutMs, 0)];
    expect(lastSignOf(item, { ...progress, movedAt: NOW + 5, beats }, NOW, timings)).toBe(NOW);
  });

  it("reads more beats than a call takes arguments", () => {
    const beats = Array.from({ length: 200_000 }, (_, n) => beat(minutesAgo(9) + n, 0));
    const facts = assembleFacts(item, { ...seen, progress: { ...progress, movedAt: undefined, beats } });
    expect(facts.lastSignAt).toBe(minutesAgo(9) + 199_999);
  });
});
