import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { learn, messagesToAsk, type Portion, type RoomFacts } from "../../../agent/receive/prefetcher.ts";

const MB = 2 ** 20;
const SINGLE: Portion = { tasks: 1, bytes: 10_000, large: 0 };
const FULL: Portion = { tasks: 100, bytes: 1_000_000, large: 0 };
const HEAVY: Portion = { tasks: 4, bytes: 12 * MB, large: 0 };
const LARGE: Portion = { tasks: 1, bytes: 0, large: 1 };
const MIXED: Portion = { tasks: 1, bytes: 10_000, large: 0.25 };
const IDLE: RoomFacts = {
  waitingTasks: 0,
  waitingBytes: 0,
  waitingLarge: 0,
  freeLarge: 2,
  asked: 0,
  portion: SINGLE,
  limit: 32,
  tasksPerSecond: 0,
  bytesPerSecond: 0,
  stalled: false,
};

describe("how many messages are asked for", () => {
  const cases: readonly [name: string, facts: Partial<RoomFacts>, messages: number][] = [
    ["one, as long as nothing is known of them", { portion: undefined }, 1],
    ["none until the first one is here", { portion: undefined, asked: 1 }, 0],
    ["as many as SQS gives, if they are small", {}, 10],
    ["as many as fit beside what waits", { waitingTasks: 14, portion: { ...SINGLE, tasks: 3 } }, 6],
    ["none, if more than half of what may wait does", { waitingTasks: 17 }, 0],
    ["none, if more than half is here or on its way", { waitingTasks: 5, asked: 12 }, 0],
    ["some again, once half has begun", { waitingTasks: 16 }, 10],
    ["one that is larger than the room, if nothing waits", { portion: FULL }, 1],
    ["for half a second of work at the rate of now", { portion: FULL, tasksPerSecond: 2_000 }, 10],
    ["for half a second of work, less what waits", { portion: FULL, tasksPerSecond: 2_000, waitingTasks: 450 }, 5],
    ["no more bytes than may wait", { portion: HEAVY }, 1],
    ["for half a second of bytes at the rate of now", { portion: HEAVY, bytesPerSecond: 120 * MB }, 5],
    ["none, if too many bytes wait", { portion: HEAVY, waitingTasks: 4, waitingBytes: 12 * MB }, 0],
    ["none, if too many tasks are on their way", { portion: { ...SINGLE, tasks: 10 }, asked: 2 }, 0],
    ["none, if too many bytes are on their way", { portion: HEAVY, asked: 1 }, 0],
    ["one by one, if what waits does not begin: others may", { waitingTasks: 32, stalled: true }, 1],
    ["not two at a time then", { waitingTasks: 32, stalled: true, asked: 1 }, 0],
    ["and not for ever", { waitingTasks: 128, stalled: true }, 0],
    ["no large ones, however long those that run may take", { portion: LARGE, freeLarge: 0, stalled: true }, 0],
    ["as many large ones as can begin", { portion: LARGE }, 2],
    ["no large ones beside those that are on their way", { portion: LARGE, asked: 2 }, 0],
    ["no large ones while none can begin", { portion: LARGE, freeLarge: 0 }, 0],
    ["nothing while a large one waits", { waitingLarge: 1 }, 0],
    ["so many that the large ones among them can begin", { portion: MIXED }, 8],
    ["one at a time while no large one can begin, but some are small", { portion: MIXED, freeLarge: 0 }, 1],
    ["no second one then", { portion: MIXED, freeLarge: 0, asked: 1 }, 0],
  ];

  test.each(cases)("%s", (_name, facts, messages) => {
    expect(messagesToAsk({ ...IDLE, ...facts })).toBe(messages);
  });

  test("whatever is here, it is 0 to 10, and what waits has a bound", () => {
    const facts = fc.record({
      waitingTasks: fc.nat(5_000),
      waitingBytes: fc.nat(2 ** 31 - 1),
      waitingLarge: fc.nat(2),
      freeLarge: fc.nat(64),
      asked: fc.nat(40),
      portion: fc.record({
        tasks: fc.double({ min: 1, max: 100, noNaN: true }),
        bytes: fc.double({ min: 0, max: 16 * MB, noNaN: true }),
        large: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      limit: fc.integer({ min: 4, max: 1_024 }),
      tasksPerSecond: fc.double({ min: 0, max: 5_000, noNaN: true }),
      bytesPerSecond: fc.double({ min: 0, max: 1e9, noNaN: true }),
      stalled: fc.constant(false),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const messages = messagesToAsk(given);
        expect(Number.isInteger(messages) && messages >= 0 && messages <= 10).toBe(true);
        const most = Math.max(given.limit, given.tasksPerSecond);
        if (messages > 1) {
          const coming = messages * given.portion.tasks * (1 - given.portion.large);
          expect(given.waitingTasks + coming).toBeLessThanOrEqual(most + 1);
        } else if (given.waitingTasks > most / 2) expect(messages).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what a message is like is learned from those that come", () => {
  const small = { tasks: 10, bytes: 1_000, large: false };
  const large = { tasks: 1, bytes: 1e9, large: true };

  test("from the first one on", () => {
    expect(learn(undefined, small)).toEqual({ tasks: 10, bytes: 1_000, large: 0 });
    expect(learn(undefined, large)).toEqual({ tasks: 1, bytes: 0, large: 1 });
  });

  test("the newest count for a fifth, and a large file says nothing of the small ones", () => {
    const portion = learn(learn(undefined, small), { tasks: 20, bytes: 2_000, large: false });
    expect(portion).toEqual({ tasks: 12, bytes: 1_200, large: 0 });
    expect(learn(portion, large)).toEqual({ tasks: 12, bytes: 1_200, large: 0.2 });
  });

  test("the first small one after large ones is believed", () => {
    expect(learn(learn(undefined, large), small)).toEqual({ tasks: 10, bytes: 1_000, large: 0.8 });
  });
});
