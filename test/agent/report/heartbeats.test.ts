import { pino } from "pino";
import { Heartbeats, type HeldTasks } from "../../../agent/report/heartbeats.ts";
import { type Heartbeat, heartbeatSchema } from "../../../domain/request/progress.ts";
import { deferred } from "../deferred.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

/** Beats every ten seconds. A test says which writes fail, and how long a heartbeat takes. */
function beating(write: () => Promise<void> = async () => undefined) {
  const written: (Heartbeat & { readonly reqId: string })[] = [];
  const warnings: unknown[] = [];
  const state = { isFailing: false };
  const heartbeats = new Heartbeats({
    store: {
      writeHeartbeat: async (reqId, heartbeat) => {
        if (state.isFailing) throw new Error("no table");
        await write();
        written.push({ ...heartbeatSchema.parse(heartbeat), reqId });
      },
    },
    instance: "i-1",
    worker: "w-1",
    heartbeatIntervalMs: 10_000,
    now: Date.now,
    logger: pino({ level: "warn" }, { write: (line) => void warnings.push(line) }),
  });
  heartbeats.run();
  const told = () => written.map(({ reqId, tasks, bytes }) => `${reqId}: ${tasks} ${bytes}`);
  const of = (reqId: string) => written.filter((it) => it.reqId === reqId);
  return { heartbeats, told, written, of, warnings, state };
}

/** Some bytes of a download come. */
function download(held: HeldTasks, bytes: number) {
  const transfer = held.startTransfer();
  transfer.addBytes(bytes);
  return transfer;
}

/** The second write takes until a test ends it. */
function secondIsSlow() {
  const slow = deferred();
  let writes = 0;
  return { ...slow, write: () => (writes++ === 1 ? slow.promise : Promise.resolve()) };
}

describe("of each request, a heartbeat is written", () => {
  test("at once with its first task, then every ten seconds, and without tasks when it has none any more", async () => {
    const { heartbeats, told } = beating();
    const a = heartbeats.add("a", 3);
    await seconds(5);
    heartbeats.add("a", 2);
    const b = heartbeats.add("b", 1);
    await seconds(0);
    expect(told()).toEqual(["a: 3 0", "b: 1 0"]);
    for (let n = 0; n < 4; n++) a.finishTask();
    b.releaseTasks(1);
    await seconds(5);
    expect(told().slice(2)).toEqual(["a: 1 0", "b: 0 0"]);
    a.finishTask();
    await seconds(60);
    expect(told().slice(4)).toEqual(["a: 0 0"]);
    heartbeats.add("a", 1);
    await seconds(0);
    expect(told().slice(5)).toEqual(["a: 1 0"]);
  });

  test("with the bytes of what is under way, and how fast it goes since the heartbeat before", async () => {
    const { heartbeats, of } = beating();
    const held = heartbeats.add("a", 2);
    // Another request, which goes at its own rates.
    const other = heartbeats.add("b", 1);
    const long = download(held, 300_000);
    download(held, 100_000).clear();
    held.finishTask();
    await seconds(10);
    long.addBytes(200_000);
    download(other, 900_000);
    await seconds(10);
    // It broke off, and the next attempt begins from nothing.
    long.clear();
    long.addBytes(7);
    other.finishTask();
    await seconds(10);
    const rates = (reqId: string) => of(reqId).map((it) => [it.bytes, it.bytes_per_second, it.tasks_per_second]);
    expect(rates("a")).toEqual([
      [0, 0, 0],
      [300_000, 40_000, 0.1],
      [500_000, 20_000, 0],
      [7, 1, 0],
    ]);
    expect(rates("b")).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [900_000, 90_000, 0],
      [900_000, 0, 0.1],
    ]);
  });
});

test("a heartbeat tells which tasks wait for their next attempt, until then", async () => {
  const { heartbeats, of } = beating();
  const held = heartbeats.add("a", 4);
  const example = { url: "https://a.example/", pop: "SIN2-P1", error: "HTTP 503" };
  const now = Date.now();
  held.addRetry({ code: "http_5xx", until: now + 12_000, example });
  held.addRetry({ code: "http_5xx", until: now + 15_000, example: { ...example, url: "https://a.example/b" } });
  held.addRetry({ code: "timeout", until: now + 5_000, example });
  held.releaseTasks(3);
  await seconds(20);
  expect(of("a").map(({ retrying }) => retrying)).toEqual([
    undefined,
    [{ code: "http_5xx", tasks: 2, until: now + 15_000, example }],
    undefined,
  ]);
});

test("a heartbeat tells all bytes that were finished, also before the process held nothing, and none of them twice", async () => {
  const { heartbeats, written } = beating();
  const one = heartbeats.add("a", 1);
  const transfer = download(one, 300);
  transfer.finish(300);
  transfer.clear();
  one.finishTask();
  await seconds(60);
  const other = download(heartbeats.add("a", 1), 100);
  await seconds(10);
  other.finish(120);
  await seconds(10);
  expect(written.map(({ bytes, finished }) => `${bytes} of ${finished}`)).toEqual([
    ...["0 of 0", "0 of 300", "0 of 300", "100 of 300", "0 of 420"],
  ]);
});

test("a heartbeat that cannot be written is logged and missed; what it would have told stands in the next one", async () => {
  const { heartbeats, written, warnings, state } = beating();
  state.isFailing = true;
  download(heartbeats.add("a", 1), 20_000);
  await seconds(10);
  expect([written.length, warnings.length]).toEqual([0, 2]);
  state.isFailing = false;
  await seconds(10);
  expect(written).toMatchObject([{ tasks: 1, bytes: 20_000, bytes_per_second: 1_000 }]);
});

test("one that is slow is not overtaken by the next, and what came meanwhile is told after it", async () => {
  const { write, resolve } = secondIsSlow();
  const { heartbeats, told } = beating(write);
  heartbeats.add("a", 1).finishTask();
  await seconds(10);
  heartbeats.add("a", 5);
  await seconds(30);
  expect(told()).toEqual(["a: 1 0"]);
  resolve();
  await seconds(0);
  expect(told()).toEqual(["a: 1 0", "a: 0 0", "a: 5 0"]);
});

describe("at the end", () => {
  test("nobody waits longer than five seconds for one that cannot be written", async () => {
    const { heartbeats } = beating(() => new Promise(() => undefined));
    heartbeats.add("a", 2).releaseTasks(2);
    const over = vi.fn();
    void heartbeats.stop().then(over);
    await seconds(4.999);
    expect(over).not.toHaveBeenCalled();
    await seconds(0.001);
    expect(over).toHaveBeenCalled();
  });
});

test("it is known when the last heartbeat that was written was sent", async () => {
  const { heartbeats } = beating();
  const since = Date.now();
  expect(heartbeats.writtenAt("a")).toBe(Number.NEGATIVE_INFINITY);
  heartbeats.add("a", 1);
  await seconds(9);
  expect(heartbeats.writtenAt("a")).toBe(since);
  await seconds(2);
  expect(heartbeats.writtenAt("a")).toBe(since + 10_000);
});
