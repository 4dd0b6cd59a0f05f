import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Heartbeats } from "../../../agent/report/heartbeats.ts";
import { type Heartbeat, heartbeatSchema } from "../../../domain/request/progress.ts";
import { minuteOf } from "../../../domain/request/samples.ts";
import { expiresAt } from "../../../domain/timestamps.ts";
import { deferred } from "../deferred.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Beats every ten seconds. `told`: what was written, as `request: tasks bytes`. */
function beating(write: () => Promise<void> = async () => undefined, note = write) {
  const told: string[] = [];
  const written: (Heartbeat & { readonly reqId: string; readonly expireAt: number })[] = [];
  const warnings: unknown[] = [];
  const noted: [string, number, number][] = [];
  const store = {
    writeHeartbeat: async (reqId: string, heartbeat: Heartbeat, expireAt: number) => {
      await write();
      told.push(`${reqId}: ${heartbeat.tasks} ${heartbeat.bytes}`);
      written.push({ ...heartbeatSchema.parse(heartbeat), reqId, expireAt });
    },
    addReceivedBytes: async (reqId: string, minute: number, bytes: number, expireAt: number) => {
      await note();
      expect(expireAt).toBe(expiresAt());
      noted.push([reqId, minute, bytes]);
    },
  };
  const logger = pino({ level: "warn" }, { write: (line) => void warnings.push(line) });
  const heartbeats = new Heartbeats({
    store,
    instance: "i-1",
    worker: "w-1",
    heartbeatIntervalMs: 10_000,
    now: Date.now,
    logger,
  });
  heartbeats.run();
  const of = (reqId: string) => written.filter((it) => it.reqId === reqId);
  return { heartbeats, told, written, of, noted, warnings };
}

describe("of each request, a heartbeat is written", () => {
  test("at once with its first task, then every ten seconds, and without tasks when it has none any more", async () => {
    const { heartbeats, told } = beating();
    const a = heartbeats.add("a", 3);
    await vi.advanceTimersByTimeAsync(5_000);
    heartbeats.add("a", 2);
    const b = heartbeats.add("b", 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(["a: 3 0", "b: 1 0"]);
    for (let n = 0; n < 4; n++) a.finishTask();
    b.releaseTasks(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told.slice(2)).toEqual(["a: 1 0", "b: 0 0"]);
    a.finishTask();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.slice(4)).toEqual(["a: 0 0"]);
    heartbeats.add("a", 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.slice(5)).toEqual(["a: 1 0"]);
  });

  test("with the bytes of what is under way, and how fast it goes since the heartbeat before", async () => {
    const { heartbeats, of } = beating();
    const holding = heartbeats.add("a", 2);
    // Another request, which goes at its own rates.
    const other = heartbeats.add("b", 1);
    const [done, long] = [holding.startTransfer(), holding.startTransfer()];
    done.addBytes(100_000);
    long.addBytes(300_000);
    done.clear();
    holding.finishTask();
    await vi.advanceTimersByTimeAsync(10_000);
    long.addBytes(200_000);
    other.startTransfer().addBytes(900_000);
    await vi.advanceTimersByTimeAsync(10_000);
    // It broke off, and the next attempt begins from nothing.
    long.clear();
    long.addBytes(7);
    other.finishTask();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(of("a").map(({ bytes }) => bytes)).toEqual([0, 300_000, 500_000, 7]);
    const rates = (reqId: string) => of(reqId).map((it) => [it.bytes_per_second, it.tasks_per_second]);
    expect(rates("a")).toEqual([
      [0, 0],
      [40_000, 0.1],
      [20_000, 0],
      [1, 0],
    ]);
    expect(rates("b")).toEqual([
      [0, 0],
      [0, 0],
      [90_000, 0],
      [0, 0.1],
    ]);
  });
});

test("a heartbeat tells all bytes that were finished, also before the process held nothing, and none of them twice", async () => {
  const { heartbeats, written } = beating();
  const one = heartbeats.add("a", 1);
  const transfer = one.startTransfer();
  transfer.addBytes(300);
  transfer.finish(300);
  transfer.clear();
  one.finishTask();
  await vi.advanceTimersByTimeAsync(60_000);
  const other = heartbeats.add("a", 1).startTransfer();
  other.addBytes(100);
  await vi.advanceTimersByTimeAsync(10_000);
  other.finish(120);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written.map(({ bytes, finished }) => [bytes, finished])).toEqual([
    ...[
      [0, 0],
      [0, 300],
      [0, 300],
      [100, 300],
      [0, 420],
    ],
  ]);
});

test("a heartbeat that cannot be written is logged and missed; what it would have told stands in the next one", async () => {
  let refused = true;
  const { heartbeats, written, warnings } = beating(async () => {
    if (refused) throw new Error("no table");
  });
  const holding = heartbeats.add("a", 1);
  holding.startTransfer().addBytes(20_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([written.length, warnings.length]).toEqual([0, 2]);
  refused = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toMatchObject([{ tasks: 1, bytes: 20_000, bytes_per_second: 1_000 }]);
});

test("one that is slow is not overtaken by the next, and what came meanwhile is told after it", async () => {
  const slow = deferred();
  let writes = 0;
  const { heartbeats, told } = beating(() => (writes++ === 1 ? slow.promise : Promise.resolve()));
  heartbeats.add("a", 1).finishTask();
  await vi.advanceTimersByTimeAsync(10_000);
  heartbeats.add("a", 5);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual(["a: 1 0"]);
  slow.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["a: 1 0", "a: 0 0", "a: 5 0"]);
});

describe("bytes by the minute", () => {
  const MINUTE = 60_000;
  /** A clock that stands 25 s before a minute begins. @returns the number of the minute that it is in */
  const beforeMinute = () => {
    vi.setSystemTime(1_000 * MINUTE + 35_000);
    return minuteOf(Date.now());
  };

  test("are told in heartbeats until the minute is over, and then noted for good, once", async () => {
    const minute = beforeMinute();
    const { heartbeats, written, noted } = beating();
    const transfer = heartbeats.add("a", 1).startTransfer();
    for (let n = 0; n < 9; n++) {
      transfer.addBytes(100);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    // Beats at 35, 45, 55 s of the minute, and then of the next one; that one is over with the last.
    expect(written.map(({ received }) => received)).toEqual([
      ...[undefined, 100, 200, undefined],
      ...[100, 200, 300, 400, 500, undefined],
    ]);
    expect(noted).toEqual([
      ["a", minute, 300],
      ["a", minute + 1, 600],
    ]);
  });

  test("belong to the minute in which they came, also after a while without tasks", async () => {
    const minute = beforeMinute();
    let refused = false;
    const { heartbeats, noted } = beating(async () => {
      if (refused) throw new Error("no table");
    });
    const download = (bytes: number) => {
      const held = heartbeats.add("a", 1);
      held.startTransfer().addBytes(bytes);
      held.finishTask();
    };
    download(10);
    await vi.advanceTimersByTimeAsync(30 * MINUTE);
    refused = true;
    download(1_000);
    await vi.advanceTimersByTimeAsync(0);
    refused = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(noted).toEqual([
      ["a", minute, 10],
      ["a", minute + 30, 1_000],
    ]);
  });

  test("that cannot be noted hold up no heartbeat, and are tried again with the next one", async () => {
    const minute = beforeMinute();
    let refused = true;
    const { heartbeats, written, noted, warnings } = beating(
      async () => undefined,
      async () => {
        if (refused) throw new Error("no table");
      },
    );
    heartbeats.add("a", 1).startTransfer().addBytes(500);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([written.length, noted.length, warnings.length]).toEqual([4, 0, 1]);
    refused = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(noted).toEqual([["a", minute, 500]]);
  });

  test("that cannot be noted when nothing more will come are tried again all the same, and then no more", async () => {
    const minute = beforeMinute();
    let refused = true;
    const { heartbeats, written, noted } = beating(
      async () => undefined,
      async () => {
        if (refused) throw new Error("no table");
      },
    );
    const holding = heartbeats.add("a", 1);
    holding.startTransfer().addBytes(700);
    holding.finishTask();
    await vi.advanceTimersByTimeAsync(10_000);
    refused = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(noted).toEqual([["a", minute, 700]]);
    const beatsTillThen = written.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(beatsTillThen);
  });
});

describe("at the end", () => {
  test("a last heartbeat says that nothing is held", async () => {
    const { heartbeats, told } = beating();
    heartbeats.add("a", 2).releaseTasks(2);
    await heartbeats.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(["a: 2 0", "a: 0 0"]);
  });

  test("the heartbeat that is under way has ended before the last one is sent", async () => {
    const slow = deferred();
    let writes = 0;
    const { heartbeats, told } = beating(() => (writes++ === 1 ? slow.promise : Promise.resolve()));
    const held = heartbeats.add("a", 2);
    await vi.advanceTimersByTimeAsync(10_000);
    held.releaseTasks(2);
    const stopped = heartbeats.stop();
    slow.reject(new Error("no table"));
    await stopped;
    expect(told).toEqual(["a: 2 0", "a: 0 0"]);
  });

  test("nobody waits long for one that cannot be written", async () => {
    const { heartbeats } = beating(() => new Promise(() => undefined));
    heartbeats.add("a", 2).releaseTasks(2);
    let over = false;
    void heartbeats.stop().then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toBe(true);
  });
});

test("it is known when the last heartbeat that was written was sent", async () => {
  const { heartbeats } = beating();
  const since = Date.now();
  expect(heartbeats.writtenAt("a")).toBe(Number.NEGATIVE_INFINITY);
  heartbeats.add("a", 1);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(heartbeats.writtenAt("a")).toBe(since);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(heartbeats.writtenAt("a")).toBe(since + 10_000);
});
