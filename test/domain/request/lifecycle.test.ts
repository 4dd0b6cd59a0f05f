import {
  decideSettlement,
  isSettleable,
  lastActivityAt,
  MAX_REQUEUES,
  neededCapacity,
  needsSettlement,
  type Observed,
  observe,
  recheckInMs,
  type Status,
  timingsOf,
} from "../../../domain/request/lifecycle.ts";
import { NO_PROGRESS, type Progress } from "../../../domain/request/progress.ts";
import { type Count, NO_COUNT } from "../../../domain/result/count.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { times } from "../../collect.ts";
import { count, fullHeartbeat, request } from "../../lambdas/items.ts";

const timings = timingsOf();
const NOW = Date.UTC(2024, 3, 16, 4);
const minutesAgo = (minutes: number) => NOW - minutes * 60_000;

const stamp = (at: number) => formatTimestamp(at);
const heartbeat = (at: number, tasks: number) => fullHeartbeat({ worker: `w${at}`, at, tasks });

/** @param tasks that processes hold */
const progressOf = (count: Count, tasks: readonly number[]): Progress => ({
  count,
  lastResultAt: undefined,
  heartbeats: tasks.map((held) => heartbeat(NOW, held)),
});

/** It stands still for 15 minutes, the queue was seen empty a minute ago and is empty. */
const lost = {
  total: 4,
  counted: 3,
  failed: 0,
  timeoutAt: NOW + 1,
  allQueued: true,
  paused: false,
  heldTasks: 0,
  othersAtWork: 0,
  lastSignAt: minutesAgo(15),
  messages: 0,
  emptySeenAt: minutesAgo(1) as number | undefined,
  requeues: 0,
  timings,
};

/** A request that allows one failure, and what is observed of it and another one. */
function given(facts: typeof lost): [ReturnType<typeof request>, Observed] {
  const item = request({
    status: facts.allQueued ? "IN_PROGRESS" : "INSERT_TASK",
    total_count: facts.total,
    max_failures: 1,
    timeout_at: stamp(facts.timeoutAt),
    instance_count: facts.paused ? 0 : 3,
    last_update_time: stamp(facts.lastSignAt),
    empty_seen_at: facts.emptySeenAt,
    requeues: facts.requeues,
  });
  const progress = new Map<string, Progress>([
    [item.req_id, progressOf(count(facts.counted, 0, facts.failed), facts.heldTasks > 0 ? [facts.heldTasks] : [])],
    [
      "another",
      progressOf(
        NO_COUNT,
        times(facts.othersAtWork, () => 1),
      ),
    ],
  ]);
  return [item, { progress, messages: facts.messages, now: NOW, timings: facts.timings }];
}

/** The same, but messages are left, which others work on. */
const busy = { messages: 9, othersAtWork: 2, lastSignAt: minutesAgo(30), emptySeenAt: undefined };

it.each([
  ["FAIL", "too many tasks have failed", { failed: 2 }],
  ["FAIL", "even when every task has a result: who came first does not matter", { failed: 2, counted: 4 }],
  ["FAIL", "even when the time is up", { failed: 2, timeoutAt: NOW }],
  ["FINISH", "every task has a result", { counted: 4 }],
  ["FINISH", "more results came than there are tasks", { counted: 5 }],
  ["FINISH", "even when the time is up", { counted: 4, timeoutAt: NOW }],
  ["TIME_OUT", "the time is up", { timeoutAt: NOW }],
  ["TIME_OUT", "with messages on their way, and agents at work", { timeoutAt: NOW, messages: 2, heldTasks: 1 }],
  ["WAIT", "nothing is known yet", { total: 0, counted: 0 }],
  ["WAIT", "tasks are still being queued", { allQueued: false }],
  ["WAIT", "it is paused", { paused: true }],
  ["WAIT", "an agent holds a task of it, for however long", { heldTasks: 1, lastSignAt: minutesAgo(300) }],
  ["WAIT", "the last sign of life is not long ago", { lastSignAt: minutesAgo(14.9) }],
  ["WAIT", "messages are left and nobody works: it waits for instances", { messages: 1 }],
  ["WAIT", "queued often enough, but it waits for instances", { requeues: MAX_REQUEUES, messages: 1 }],
  ["WAIT", "others are at work, and not for long enough", { ...busy, lastSignAt: minutesAgo(29.9) }],
  ["WAIT", "others hold the queue full, but an agent holds one of this", { ...busy, heldTasks: 1 }],
  ["CHECK_AGAIN", "the queue is empty for the first time", { emptySeenAt: undefined }],
  [
    "CHECK_AGAIN",
    "the queue is empty for the first time, while others have been at work for long",
    { othersAtWork: 2, lastSignAt: minutesAgo(31), emptySeenAt: undefined },
  ],
  ["CHECK_AGAIN", "the second check came early", { emptySeenAt: minutesAgo(0.9) }],
  ["CHECK_AGAIN", "it was empty before the last sign of life", { emptySeenAt: minutesAgo(16) }],
  ["REQUEUE", "the queue is empty twice, a minute apart", {}],
  ["REQUEUE", "it was empty at the moment of the last sign of life", { emptySeenAt: minutesAgo(15) }],
  ["REQUEUE", "others keep the queue full, and nothing came of this one for long", busy],
  ["REQUEUE", "others are at work, and the queue is empty twice", { othersAtWork: 3 }],
  ["GIVE_UP", "queued often enough", { requeues: MAX_REQUEUES }],
  ["GIVE_UP", "queued often enough, while others keep the queue full", { ...busy, requeues: MAX_REQUEUES }],
] as const)("a settlement check leads to: %s: %s", (settlement, _, change) =>
  expect(decideSettlement(...given({ ...lost, ...change }))).toBe(settlement),
);

it.each([
  ["REQUEUE", 20, {}],
  ["WAIT", 19, {}],
  ["WAIT", 39, busy],
  ["REQUEUE", 40, busy],
] as const)("a settlement check leads to %s after %i s in a stack whose times are shorter", (settlement, s, change) => {
  const short = { timings: timingsOf(20), emptySeenAt: NOW - 2_000 };
  const facts = { ...lost, ...short, ...change, lastSignAt: NOW - s * 1_000 };
  expect(decideSettlement(...given(facts))).toBe(settlement);
});

it("the second check of an empty queue comes a minute after the first", () => {
  const waits = [undefined, NOW - 40_000, minutesAgo(3)].map((emptySeenAt) =>
    recheckInMs(...given({ ...lost, emptySeenAt })),
  );
  expect(waits).toEqual([60_000, 20_000, 0]);
});

it.each([
  [true, "when something is to be done", {}],
  [true, "when the counters reach the total", { counted: 4 }],
  [true, "when too many have failed", { failed: 2 }],
  [true, "when the queue is seen empty for the first time", { emptySeenAt: undefined }],
  [false, "not while the second check is scheduled", { emptySeenAt: minutesAgo(0.5) }],
  [false, "not while it goes on", { heldTasks: 1 }],
  [false, "not while its timer may still come", { heldTasks: 1, timeoutAt: NOW - 119_999 }],
  [true, "when its time has been up for two minutes", { heldTasks: 1, timeoutAt: NOW - 120_000 }],
] as const)("a settlement check is requested: %s: %s", (asked, _, change) =>
  expect(needsSettlement(...given({ ...lost, ...change }))).toBe(asked),
);

it("a settlement check is requested not of a request whose progress could not be read", () => {
  const [item, observed] = given({ ...lost, timeoutAt: NOW - 120_000 });
  expect(needsSettlement(item, { ...observed, progress: new Map() })).toBe(false);
});

it("the progress of 16 requests is read at once, and one that cannot be read is left out", async () => {
  const requests = times(40, (n) => ({ req_id: `r${n}` }));
  let [reading, most] = [0, 0];
  const of = async (reqId: string) => {
    most = Math.max(most, ++reading);
    await new Promise(setImmediate);
    reading--;
    if (reqId === "r7") throw new Error("away");
    return NO_PROGRESS;
  };
  const failed: string[] = [];
  const observer = { progress: { of }, timings: timingsOf() };
  const { progress } = await observe(observer, requests, Date.now, (reqId) => failed.push(reqId));
  expect([most, progress.size, failed]).toEqual([16, 39, ["r7"]]);
});

it("the exact counts of a recount are used instead of the counters", () => {
  expect(decideSettlement(...given(lost), { count: count(4, 0, 1) })).toBe("FINISH");
  expect(decideSettlement(...given({ ...lost, counted: 4, failed: 2 }), { count: count(3, 0, 1) })).toBe("REQUEUE");
  expect(decideSettlement(...given(lost), { count: count(3, 0, 2) })).toBe("FAIL");
});

describe("the last sign of life", () => {
  const item = request({ status: "IN_PROGRESS", last_update_time: stamp(minutesAgo(9)) });
  const at = (change: Partial<Progress>) => {
    const progress = { ...NO_PROGRESS, ...change };
    return lastActivityAt(item, { progress: new Map([[item.req_id, progress]]), messages: 4, now: NOW, timings });
  };
  const result = { lastResultAt: minutesAgo(5) };
  const alive = (tasks: number) => heartbeat(minutesAgo(3), tasks);
  const fromTheFuture = [heartbeat(NOW + 86_400_000, 1), heartbeat(Number.MAX_VALUE, 0)];
  const ahead = { lastResultAt: NOW + 5, heartbeats: [heartbeat(NOW + timings.heartbeatTimeoutMs, 0)] };

  it.each<[string, Partial<Progress>, number]>([
    ["a change of the request", {}, minutesAgo(9)],
    ["a result after it", result, minutesAgo(5)],
    ["no result before it", { lastResultAt: minutesAgo(11) }, minutesAgo(9)],
    ["a heartbeat after a result", { ...result, heartbeats: [alive(1)] }, minutesAgo(3)],
    ["a heartbeat of a process that has deferred its tasks", { ...result, heartbeats: [alive(0)] }, minutesAgo(3)],
    [
      "no heartbeat from the future, which hides a request that is stalled",
      { heartbeats: [alive(1), ...fromTheFuture] },
      minutesAgo(3),
    ],
    ["now, where the clock of an instance is ahead by less than heartbeatTimeoutMs", ahead, NOW],
  ])("is %s", (_, change, expected) => expect(at(change)).toBe(expected));

  it("is found among more heartbeats than a call takes arguments", () => {
    const heartbeats = times(200_000, (n) => heartbeat(minutesAgo(9) + n, 0));
    expect(at({ heartbeats })).toBe(minutesAgo(9) + 199_999);
  });
});

it.each([
  ["nothing is known yet", { total_count: 0 }, [0, 0], false],
  ["some are done", {}, [3, 1], false],
  ["all are done", {}, [4, 0], true],
  ["too many have failed", { max_failures: 0 }, [2, 1], true],
  ["as many as may have failed", { max_failures: 2 }, [2, 2], false],
] as const)("a request seems over or not: %s", (_, item, [download_count, failed_count], expected) =>
  expect(isSettleable({ total_count: 4, ...item }, count(download_count, 0, failed_count))).toBe(expected),
);

it.each<[wishes: [number, Status, boolean?, "sources"?][], needed: number]>([
  [[], 0],
  [
    [
      [3, "CREATED"],
      [7, "IN_PROGRESS"],
      [1, "CHECK_POP"],
    ],
    7,
  ],
  // They boot while sizes are asked.
  [[[2, "CREATED"]], 2],
  // An invalidation comes before the tasks.
  [[[2, "CREATED", true]], 0],
  [[[2, "INSERT_TASK", true]], 2],
  // Sources are read before, which may take long.
  [[[2, "EXPANDING", false, "sources"]], 0],
  [[[2, "INSERT_TASK", false, "sources"]], 2],
  [
    [
      [9, "CHECK_POP", true],
      [3, "IN_PROGRESS"],
    ],
    3,
  ],
])("requests that wish for %j need %i", (wishes, needed) => {
  const active = wishes.map(([instance_count, status, need_invalidate = false, sources]) => ({
    instance_count,
    status,
    need_invalidate,
    sources_read: sources && [],
  }));
  expect(neededCapacity(active)).toBe(needed);
});
