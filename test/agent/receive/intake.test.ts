import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Slots } from "../../../agent/admit/concurrency-limiter.ts";
import { Intake } from "../../../agent/receive/prefetcher.ts";
import { handBack } from "../../../agent/receive/return-unstarted.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import { turn } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";

const GB = 1e9;
const message = (...sizes: (number | null)[]) =>
  taskMessage({ urls: sizes.map((bytes, i) => ({ url: `u${i}`, bytes })) });

function newIntake(freeLarge = 2) {
  const running = { freeLarge, limit: 4, tasksPerSecond: 0, bytesPerSecond: 0 };
  const intake = new Intake(() => running);
  const asked: number[] = [];
  const ask = () => void intake.room().then((messages) => asked.push(messages));
  return { intake, running, asked, ask };
}

describe("a poller goes on", () => {
  test("with one message at first, and with as many as fit once something is known of them", async () => {
    const { intake, asked, ask } = newIntake();
    ask();
    ask();
    await turn();
    expect(asked).toEqual([1]);
    const parcel = intake.accept(message(1));
    intake.came(1, 1);
    await turn();
    expect(asked).toEqual([1, 3]);
    ask();
    await turn();
    expect(asked).toHaveLength(2);
    parcel.leave({ url: "u0", bytes: 1 }, true);
    intake.came(3, 0);
    await turn();
    expect(asked).toEqual([1, 3, 4]);
  });

  test("not while a large file waits, but as soon as it begins", async () => {
    const { intake, asked, ask } = newIntake();
    const parcel = intake.accept(message(GB));
    ask();
    await turn();
    expect(asked).toEqual([]);
    parcel.leave({ url: "u0", bytes: GB }, true);
    await turn();
    expect(asked).toEqual([2]);
  });

  test("when told that there may be room, and when all is over", async () => {
    const { intake, running, asked, ask } = newIntake(0);
    intake.accept(message(GB)).leave({ url: "u0", bytes: GB }, true);
    ask();
    ask();
    await turn();
    expect(asked).toEqual([]);
    running.freeLarge = 1;
    intake.look();
    await turn();
    expect(asked).toEqual([1]);
    intake.close();
    ask();
    await turn();
    expect(asked).toEqual([1, 0, 0]);
  });
});

test("what waits is counted until it begins or is withdrawn, large files apart; an unknown size is taken for a megabyte", () => {
  const { backlog, accept } = (({ intake }) => ({
    backlog: intake.backlog,
    accept: (...sizes: (number | null)[]) => intake.accept(message(...sizes)),
  }))(newIntake());
  const small = accept(5, null);
  accept(GB);
  expect([backlog.tasks, backlog.bytes, backlog.large]).toEqual([2, 5 + 2 ** 20, 1]);
  small.leave({ url: "u0", bytes: 5 }, true);
  small.leave({ url: "u1", bytes: null }, false);
  expect([backlog.tasks, backlog.bytes, backlog.large]).toEqual([0, 0, 1]);
});

describe("what has not begun goes back", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** An agent whose one slot is taken, and what waits behind that. */
  function waiting(...sizes: number[]) {
    const { intake, asked, ask } = newIntake(0);
    const slots = new Slots(1);
    void slots.take("q", "p");
    const ends: string[] = [];
    for (const [i, bytes] of sizes.entries()) {
      const url: TaskUrl = { url: `u${i}`, bytes };
      const parcel = intake.accept(taskMessage({ urls: [url] }));
      void slots.take("q", "p", parcel).then((begins) => {
        parcel.leave(url, begins);
        ends.push(`${url.url} ${begins ? "begins" : "goes back"}`);
      });
    }
    let depths = 0;
    const available = { now: 0 };
    const lane = { depth: async () => ({ available: available.now, delayed: 5, inFlight: 9, n: depths++ }) };
    const logger = { info() {}, warn() {} };
    const look = async () => {
      await handBack({ intake, lane, slots: [slots], logger });
      await turn();
    };
    return { intake, slots, asked, ask, ends, available, look, depths: () => depths };
  }

  test("after three seconds, when the queue is empty", async () => {
    const { slots, ends, look, depths } = waiting(GB, GB);
    vi.advanceTimersByTime(3_000);
    await look();
    expect([ends, depths()]).toEqual([[], 0]);
    vi.advanceTimersByTime(1);
    await look();
    expect(ends).toEqual(["u0 goes back", "u1 goes back"]);
    expect(slots.waiting).toBe(0);
  });

  test("not while others find enough in the queue", async () => {
    const { ends, available, look } = waiting(GB);
    available.now = 1;
    vi.advanceTimersByTime(60_000);
    await look();
    expect(ends).toEqual([]);
  });

  test("also without asking, if a call has just come back empty", async () => {
    const { intake, ends, look, depths } = waiting(GB);
    vi.advanceTimersByTime(4_000);
    intake.came(0, 0);
    await look();
    expect([ends, depths()]).toEqual([["u0 goes back"], 0]);
  });

  test("but not what has begun, and of what is small nothing is taken again for a while", async () => {
    const { intake, slots, asked, ask, ends, look } = waiting(1, 1);
    slots.release("q", "p");
    await turn();
    vi.advanceTimersByTime(3_001);
    await look();
    expect(ends).toEqual(["u0 begins", "u1 goes back"]);
    ask();
    vi.advanceTimersByTime(2_999);
    intake.look();
    await turn();
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    intake.look();
    await turn();
    expect(asked).toHaveLength(1);
  });
});
