import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { freeSlotsOf } from "../../../agent/receive/agent.ts";
import {
  type MessageProfile,
  messagesToReceive,
  Prefetcher,
  type PrefetchState,
  updateProfile,
} from "../../../agent/receive/prefetcher.ts";
import { returnUnstarted } from "../../../agent/receive/return-to-queue.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import { turn } from "../deferred.ts";
import { fakeDeps, fakeQueue } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

const MB = 2 ** 20;
const GB = 1e9;
const SINGLE: MessageProfile = { tasks: 1, bytes: 10_000, large: 0 };
const PAIRS: MessageProfile = { tasks: 2, bytes: 20_000, large: 0 };
const HEAVY: MessageProfile = { tasks: 4, bytes: 12 * MB, large: 0 };
const LARGE: MessageProfile = { large: 1 };
const MIXED: MessageProfile = { tasks: 1, bytes: 10_000, large: 0.25 };
const NO_SLOT: PrefetchState = {
  waitingTasks: 0,
  waitingLarge: 0,
  requested: 0,
  profile: SINGLE,
  free: { small: 0, large: 2 },
  isStalled: false,
};
const free = (small: number, large = 2) => ({ free: { small, large } });

describe("how many messages are received", () => {
  const cases: readonly [name: string, state: Partial<PrefetchState>, messages: number][] = [
    ["one, as long as nothing is known of them", { profile: undefined }, 1],
    ["a batch, though no slot is free", {}, 10],
    ["what is missing to a batch, if half of it may come", { profile: PAIRS, waitingTasks: 10 }, 5],
    ["none, if more than half a batch waits", { profile: PAIRS, waitingTasks: 12 }, 0],
    ["some for free slots, beside those that are on their way", { profile: PAIRS, ...free(12), requested: 9 }, 7],
    ["one of many bytes", { profile: HEAVY }, 1],
    ["more, if what waits does not start: others may", { waitingTasks: 32, isStalled: true }, 8],
    ["but not for ever", { waitingTasks: 40, isStalled: true }, 0],
    ["no large ones, however long those that run may take", { profile: LARGE, ...free(0, 0), isStalled: true }, 0],
    ["as many large ones as can start", { profile: LARGE }, 2],
    ["nothing while a large one waits", { ...free(32), waitingLarge: 1 }, 0],
    ["so many that the large ones among them can start", { profile: MIXED, ...free(32) }, 8],
    ["one at a time while no large one can start, but some are small", { profile: MIXED, ...free(32, 0) }, 1],
  ];

  test.each(cases)("%s", (_name, state, messages) => {
    expect(messagesToReceive({ ...NO_SLOT, ...state })).toBe(messages);
  });
});

describe("what a message is like is learned from those that come", () => {
  const small = (tasks: number, bytes: number) => ({
    urls: Array.from({ length: tasks }, (_, i) => ({ url: `u${i}`, bytes: bytes / tasks })),
  });
  const large = { urls: [{ url: "l", bytes: GB }] };

  test("from the first one on", () => {
    expect(updateProfile(undefined, small(10, 1_000))).toEqual({ tasks: 10, bytes: 1_000, large: 0 });
    expect(updateProfile(undefined, large)).toEqual({ large: 1 });
    // An unknown size is taken for a megabyte.
    expect(updateProfile(undefined, { urls: [{ url: "u", bytes: null }] }).bytes).toBe(MB);
  });

  test("the newest count for a fifth, and a large file says nothing of the small ones", () => {
    const profile = updateProfile(updateProfile(undefined, small(10, 1_000)), small(20, 2_000));
    expect(profile).toEqual({ tasks: 12, bytes: 1_200, large: 0 });
    expect(updateProfile(profile, large)).toEqual({ tasks: 12, bytes: 1_200, large: 0.2 });
  });
});

const message = (...sizes: (number | null)[]) =>
  taskMessage({ urls: sizes.map((bytes, i) => ({ url: `u${i}`, bytes })) });

function newPrefetcher(large = 2) {
  const slots = { small: 0, large };
  const prefetcher = new Prefetcher(() => slots);
  const asked: number[] = [];
  const ask = () => void prefetcher.next().then((messages) => asked.push(messages));
  return { prefetcher, slots, asked, ask };
}

test("no slot of the main queue counts as free while more are in use than the limit allows", async () => {
  const small = new ConcurrencyLimiter(4, { requests: () => 2, pops: () => 2 });
  for (const pop of ["A", "A", "A", "A", "B"]) await small.acquire("r", pop);
  small.limit = 1;
  expect(small.inUse).toBe(5);
  expect(freeSlotsOf("main", { small, large: new ConcurrencyLimiter(2) })).toEqual({ small: 0, large: 2 });
});

describe("a receiver goes on", () => {
  test("with one message at first, and with a batch once something is known of them", async () => {
    const { prefetcher, asked, ask } = newPrefetcher();
    ask();
    ask();
    await turn();
    expect(asked).toEqual([1]);
    prefetcher.add(message(1, 1));
    prefetcher.received(1, 1);
    await turn();
    expect(asked).toEqual([1, 9]);
    ask();
    await turn();
    expect(asked).toHaveLength(2);
    prefetcher.received(9, 0);
    await turn();
    expect(asked).toEqual([1, 9, 9]);
  });

  test("when told that slots are free, and when all is over", async () => {
    const { prefetcher, slots, asked, ask } = newPrefetcher(0);
    const large = message(GB);
    const prefetched = prefetcher.add(large);
    for (const url of large.urls) prefetched.onDequeued(url, true);
    ask();
    ask();
    await turn();
    expect(asked).toEqual([]);
    slots.large = 1;
    prefetcher.update();
    await turn();
    expect(asked).toEqual([1]);
    prefetcher.close();
    ask();
    await turn();
    expect(asked).toEqual([1, 0, 0]);
  });
});

test("what waits is counted until it starts, is withdrawn, or its message ends; large files apart, and one variant of them", () => {
  const { prefetcher } = newPrefetcher();
  const counts = () => [prefetcher.waitingTasks, prefetcher.waitingLarge];
  const [a, b, ...others] = ["a", "b", "c", "d"].map((url): TaskUrl => ({ url, bytes: url === "a" ? null : 5 }));
  if (a === undefined || b === undefined) throw new Error("there are two");
  const small = prefetcher.add(taskMessage({ urls: [a, b, ...others] }));
  prefetcher.add(taskMessage({ urls: ["br", "gzip"].map((variant) => ({ url: "l", bytes: GB, variant })) }));
  expect(counts()).toEqual([4, 1]);
  small.onDequeued(a, true);
  small.onDequeued(b, false);
  expect(counts()).toEqual([2, 1]);
  small.end();
  expect(counts()).toEqual([0, 1]);
});

describe("unstarted messages", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  test("are those of which no URL has started; a URL that was withdrawn has not", () => {
    const A = { url: "a", bytes: 7 };
    const two = taskMessage({ urls: [A, { url: "b", bytes: 7 }] });
    const { prefetcher } = newPrefetcher();
    const [started, withdrawn] = [prefetcher.add(two), prefetcher.add(two)];
    expect(prefetcher.unstarted(0)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(prefetcher.unstarted(0)).toEqual([started, withdrawn]);
    started.onDequeued(A, true);
    withdrawn.onDequeued(A, false);
    expect(prefetcher.unstarted(0)).toEqual([withdrawn]);
    withdrawn.end();
    expect(prefetcher.unstarted(0)).toEqual([]);
  });

  /** An agent whose one slot is taken, and what waits behind that. @param available messages in the queue; undefined: it does not answer */
  function waiting(sizes: readonly number[], available?: number) {
    const { prefetcher, asked, ask } = newPrefetcher(0);
    const slots = new ConcurrencyLimiter(1);
    void slots.acquire("q", "p");
    const ends: string[] = [];
    for (const [n, bytes] of sizes.entries()) {
      const url: TaskUrl = { url: `u${n}`, bytes };
      const prefetched = prefetcher.add(taskMessage({ urls: [url] }));
      void Promise.resolve(slots.acquire("q", "p", prefetched)).then((starts) => {
        prefetched.onDequeued(url, starts);
        ends.push(`${url.url} ${starts ? "starts" : "goes back"}`);
      });
    }
    const depth = vi.fn(async () => {
      if (available === undefined) throw new Error("the queue does not answer");
      return { available, delayed: 5, inFlight: 9 };
    });
    const deps = fakeDeps({ prefetcher, queue: fakeQueue({ depth }), limiters: { small: slots, large: slots } });
    const check = async () => {
      await returnUnstarted(deps);
      await turn();
    };
    return { prefetcher, slots, asked, ask, ends, check, depth };
  }

  const BACK = ["u0 goes back", "u1 goes back"];
  test.each([
    ["stay for three seconds", 3_000, 0, [], 0],
    ["return to the queue then, when it is empty", 3_001, 0, BACK, 1],
    ["stay while nobody knows whether the queue is empty", 3_001, undefined, [], 1],
    ["stay while others find enough in the queue", 60_000, 1, [], 1],
  ])("%s", async (_, ms, available, ends, depths) => {
    const { check, depth, slots, ...seen } = waiting([GB, GB], available);
    vi.advanceTimersByTime(ms);
    await check();
    expect([seen.ends, slots.waiting]).toEqual([ends, 2 - ends.length]);
    expect(depth).toHaveBeenCalledTimes(depths);
  });

  test("return without a look at the depth, if a call has just found the queue empty", async () => {
    const { prefetcher, ends, check } = waiting([GB, GB]);
    vi.advanceTimersByTime(4_000);
    prefetcher.received(0, 0);
    await check();
    expect(ends).toEqual(BACK);
  });

  test("of small files are not received again for a while; what has started stays", async () => {
    const { prefetcher, slots, asked, ask, ends, check } = waiting([1, 1], 0);
    slots.release("q", "p");
    await turn();
    vi.advanceTimersByTime(3_001);
    await check();
    expect(ends).toEqual(["u0 starts", "u1 goes back"]);
    ask();
    const askedAfter = async (ms: number) => {
      vi.advanceTimersByTime(ms);
      prefetcher.update();
      await turn();
      return asked.length;
    };
    expect([await askedAfter(2_999), await askedAfter(1)]).toEqual([0, 1]);
  });
});
