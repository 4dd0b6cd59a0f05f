// What an agent keeps between two heartbeats, windows and messages: the second round has its own figures alone.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cachedStatus } from "../../../agent/receive/agent.ts";
import { Deferrals } from "../../../agent/receive/return-to-queue.ts";
import { Heartbeats } from "../../../agent/report/heartbeats.ts";
import { Throughput } from "../../../agent/report/throughput.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import { fakeDeps, fakeQueue, logger } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What happens between two looks: bytes that came, tasks that ended well or in trouble, and how long it took. */
const rounds = fc.array(
  fc.record({
    bytes: fc.nat({ max: 1e9 }),
    good: fc.nat({ max: 9 }),
    bad: fc.nat({ max: 9 }),
    seconds: fc.integer({ min: 1, max: 90 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test("each window counts what came in it, whatever came before", () => {
  fc.assert(
    fc.property(rounds, (all) => {
      const tally = new Throughput();
      for (const { bytes, good, bad, seconds } of all) {
        tally.addBytes(bytes);
        for (let i = 0; i < good; i++) tally.addTask(false);
        for (let i = 0; i < bad; i++) tally.addTask(true);
        vi.advanceTimersByTime(seconds * 1_000);
        const window = tally.window();
        expect(window.bytesPerSecond).toBeCloseTo(bytes / seconds, 3);
        expect(window.tasksPerSecond).toBeCloseTo((good + bad) / seconds, 3);
        expect(window.failureRate).toBeCloseTo(good + bad === 0 ? 0 : bad / (good + bad), 6);
      }
    }),
  );
});

describe("heartbeats", () => {
  test("each says the rates since the one before, of its own request", async () => {
    await fc.assert(
      fc.asyncProperty(rounds, rounds, async (ofA, ofB) => {
        const written = new Map<string, Heartbeat[]>([
          ["a", []],
          ["b", []],
        ]);
        const store = {
          writeHeartbeat: async (reqId: string, heartbeat: Heartbeat) => void written.get(reqId)?.push(heartbeat),
          addReceivedBytes: async () => undefined,
        };
        const heartbeats = new Heartbeats({
          store,
          instance: "i-7",
          worker: "w-3",
          heartbeatIntervalMs: 1e9,
          now: Date.now,
          logger,
        });
        const held = { a: heartbeats.add("a", 1_000), b: heartbeats.add("b", 2_000) };
        await vi.advanceTimersByTimeAsync(0);
        const count = Math.min(ofA.length, ofB.length);
        const left = { a: 1_000, b: 2_000 };
        for (let n = 0; n < count; n++) {
          const seconds = ofA[n]?.seconds ?? 1;
          for (const [name, round] of [
            ["a", ofA[n]],
            ["b", ofB[n]],
          ] as const) {
            const { bytes = 0, good = 0 } = round ?? {};
            const transfer = held[name].startTransfer();
            transfer.addBytes(bytes);
            transfer.clear();
            for (let i = 0; i < good; i++) held[name].finishTask();
            left[name] -= good;
          }
          await vi.advanceTimersByTimeAsync(seconds * 1_000);
          heartbeats.sendAll();
          await vi.advanceTimersByTimeAsync(0);
          for (const [name, round] of [
            ["a", ofA[n]],
            ["b", ofB[n]],
          ] as const) {
            const last = written.get(name)?.at(-1);
            expect(written.get(name)).toHaveLength(n + 2);
            expect(last?.tasks).toBe(left[name]);
            expect(last?.bytes_per_second).toBeCloseTo(Math.round((round?.bytes ?? 0) / seconds), -1);
            expect(last?.tasks_per_second).toBeCloseTo((round?.good ?? 0) / seconds, 1);
          }
        }
        await heartbeats.stop();
      }),
      { numRuns: 30 },
    );
  });
});

test("what is deferred in a second round is sent once, with its own delay and tries", async () => {
  const sent: { readonly message: TaskMessage; readonly seconds: number }[] = [];
  const told: string[][] = [];
  vi.spyOn(Math, "random").mockReturnValue(0);
  const deferrals = new Deferrals(
    fakeDeps({
      queue: fakeQueue({ sendLater: async (message, seconds) => void sent.push({ message, seconds }) }),
      isActive: async () => true,
    }),
    taskMessage({ tries: 4 }),
    undefined,
    (urls) => void told.push(urls.map(({ url }) => url)),
  );
  const add = (url: string, ms: number, tries: number) =>
    deferrals.add([{ url, bytes: 1 }], new DeferredError(ms, tries));
  const sentNow = async () => {
    await vi.advanceTimersByTimeAsync(1);
    return sent
      .splice(0)
      .map(({ message, seconds }) => [message.urls.map(({ url }) => url).join(), message.tries, seconds]);
  };
  add("a", 3_000, 0);
  add("b", 5_000, 0);
  add("c", 7_000, 1);
  expect(await sentNow()).toEqual([["a,b", 4, 5]]);
  add("d", 2_000, 0);
  expect(await sentNow()).toEqual([["d", 4, 2]]);
  add("e", 11_000, 2);
  add("f", 1_000, 0);
  await deferrals.end();
  expect(await sentNow()).toEqual([
    ["c", 5, 7],
    ["e", 6, 11],
    ["f", 4, 1],
  ]);
  expect(told.flat().sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  await deferrals.end();
  expect(await sentNow()).toEqual([]);
  vi.restoreAllMocks();
});

test("an answer is believed for three seconds in each round, and a failure in none", async () => {
  const asked: string[] = [];
  let answer: () => Promise<boolean> = async () => true;
  const isActive = cachedStatus((reqId) => {
    asked.push(reqId);
    return answer();
  });
  for (const round of [1, 2, 3]) {
    answer = async () => round !== 2;
    expect(await isActive("a")).toBe(round !== 2);
    vi.advanceTimersByTime(2_999);
    expect(await isActive("a")).toBe(round !== 2);
    expect(await isActive("b")).toBe(round !== 2);
    expect(asked.splice(0)).toEqual(["a", "b"]);
    vi.advanceTimersByTime(3_000);
  }
  answer = () => Promise.reject(new Error("throttled"));
  expect([await isActive("a"), await isActive("a")]).toEqual([true, true]);
  answer = async () => false;
  expect(await isActive("a")).toBe(false);
  expect(asked).toEqual(["a", "a", "a"]);
});
