// When the limit on downloads is judged: in virtual time.
import { setTimeout as sleep } from "node:timers/promises";
import { adaptLimit, SMALL } from "../../../agent/admit/adaptive-limit.ts";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { Throughput } from "../../../agent/report/throughput.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock();
// The core is idle, whatever this machine does.
vi.spyOn(performance, "eventLoopUtilization").mockReturnValue({ idle: 1, active: 0, utilization: 0 });

interface Second {
  readonly tasks?: number;
  readonly troubled?: number;
  readonly bytes?: number;
  /** @default true */
  readonly saturated?: boolean;
  readonly memoryTight?: boolean;
}

/** @returns the limit after each second in which this happens */
async function limits(seconds: readonly Second[]): Promise<number[]> {
  const limiter = new ConcurrencyLimiter(SMALL.start);
  const throughput = new Throughput();
  const stopping = new AbortController();
  let now: Second = {};
  const options = {
    limiter,
    throughput,
    bounds: SMALL,
    isMemoryTight: () => now.memoryTight === true,
    maxStep: async () => 1,
  };
  const ended = adaptLimit(options, stopping.signal);
  const seen: number[] = [];
  await sleep(500);
  for (now of seconds) {
    const { tasks = 0, troubled = 0, bytes = 0, saturated = true } = now;
    limiter.inUse = saturated ? limiter.limit : 0;
    for (let n = 0; n < tasks; n++) throughput.addTask(n < troubled);
    throughput.addBytes(bytes);
    await sleep(1_000);
    seen.push(limiter.limit);
  }
  stopping.abort();
  await ended;
  return seen;
}

test("small tasks are judged each second", async () => {
  expect(await limits([{ tasks: 100 }, { tasks: 200 }, { tasks: 400 }])).toEqual([64, 128, 256]);
  expect(await limits([{ tasks: 10 }, { tasks: 30 }])).toEqual([32, 64]);
});

test("the limit waits until as many tasks have ended as may run at once, and judges all of that time", async () => {
  const second = { tasks: 25, bytes: 1_000 };
  // 32 per second before; then 75 in three seconds at twice the limit.
  expect(await limits([{ tasks: 32, bytes: 1_000 }, second, second, second])).toEqual([64, 64, 64, 32]);
});

test("the time in which the limit bounds nothing is not judged", async () => {
  const idle = { tasks: 2, saturated: false };
  expect(await limits([{ tasks: 40 }, idle, idle, { tasks: 80 }])).toEqual([64, 64, 64, 128]);
});

test("it waits ten seconds at most, and not at all where something goes wrong", async () => {
  const slow = { tasks: 1 };
  expect((await limits([{ tasks: 32 }, ...Array(10).fill(slow)])).slice(-2)).toEqual([64, 32]);
  expect(await limits([{ tasks: 32 }, { tasks: 10, troubled: 5 }])).toEqual([64, 32]);
  expect(await limits([{ tasks: 32 }, { tasks: 63 }, { tasks: 3, troubled: 3 }])).toEqual([64, 64, 32]);
  expect(await limits([{ tasks: 32 }, { tasks: 1, memoryTight: true }])).toEqual([64, 32]);
});
