import type { MessageJob } from "../../../agent/admit/message-job.ts";
import { StoppingError } from "../../../agent/admit/task-run.ts";
import { Cancellation } from "../../../agent/fetch/http/http-client.ts";
import { HeldTasks } from "../../../agent/report/heartbeats.ts";
import { Throughput } from "../../../agent/report/throughput.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import type { Behaviour } from "../../../tools/edge/behaviour.ts";
import type { Fault } from "../../../tools/edge/faults.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { fakeOrigins } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";
import {
  type Download,
  download,
  edge,
  object,
  reset,
  results,
  SIZE,
  seen,
  status,
  useEdge,
  visited,
} from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge();

describe("a good download", () => {
  test("is recorded with all that the edge said about it: a miss, a hit of the REC and a hit of the edge; then a hit of the edge and its check", async () => {
    const url = object("/recorded.bin");
    const first = await download({ url });
    expect(first).toEqual({
      ...taskKey(first.req_id, { pop: "SIN2-P1", url }, 4),
      req_id: taskMessage().req_id,
      pop: "SIN2-P1",
      url,
      ok: true,
      outcome: "warm",
      bytes: SIZE,
      http_status: 200,
      x_cache: "Hit from cloudfront",
      tier: "EDGE",
      address: expect.stringMatching(/^127\.77\.0\.[12]$/),
      transferred_bytes: 2 * SIZE + 1,
      rounds: 2,
      first_byte_ms: expect.any(Number),
      age: expect.any(Number),
      encoding: undefined,
      x_amz_cf_pop: "SIN2-P1",
      x_amz_cf_id: expect.stringMatching(/^\S{40,}$/),
      ms: expect.any(Number),
      attempts: 1,
      reason: undefined,
      error: undefined,
      agent: "i-1",
      expire_at: expect.any(Number),
    });
    expect(first.expire_at).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
    const second = await download({ url });
    expect(second).toMatchObject({ ok: true, outcome: "warm", bytes: SIZE, x_cache: "Hit from cloudfront" });
    expect(visited("/recorded.bin")).toEqual([0, 0, 0, 0, 0]);
    expect(second).toMatchObject({ rounds: 1, transferred_bytes: SIZE + 1 });
    expect(second.x_amz_cf_id).not.toBe(first.x_amz_cf_id);
    expect(edge.originRequests().filter(({ path }) => path === "/recorded.bin")).toHaveLength(1);
  });

  test.each([
    ["off", 0, 0],
    ["off", 262_145, 2 * 262_145],
    // A check takes a small object whole, and of a larger one its first byte.
    ["edge", 65_536, 3 * 65_536],
    ["edge", 65_537, 2 * 65_537 + 1],
  ] as const)("counts exactly: %s, an object of %i bytes, %i in all", async (verify, size, all) => {
    const addBytes = vi.fn<(bytes: number) => void>();
    const result = await download({
      url: object(`/${size}-${verify}.bin`, [], size),
      message: { verify },
      with: { throughput: Object.assign(new Throughput(), { addBytes }) },
    });
    expect(result).toMatchObject({ ok: true, bytes: size, transferred_bytes: all });
    expect(addBytes.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(all);
  });
});

test("the download of a follower is proven as that of its lead is", async () => {
  const result = await download({ url: object("/follower.bin"), message: { follows: true } });
  expect(result).toMatchObject({ ok: true, outcome: "warm", tier: "EDGE" });
  expect(visited("/follower.bin")).toHaveLength(3);
});

test("what comes compressed is recorded with its encoding, and may have any size", async () => {
  edge.setBehaviours([{ encodings: ["br"], compress: true }]);
  onTestFinished(() => edge.setBehaviours([{}]));
  edge.addObject("/app.css", { size: 50_000, letters: true, headers: { "content-type": "text/css" } });
  const message = { header: ["Accept-Encoding: br"] };
  const result = await download({ url: "https://www.example.com/app.css", bytes: 50_000, message });
  expect(result).toMatchObject({ ok: true, outcome: "warm", encoding: "br", uncompressed: undefined });
});

test("a task that is cancelled is cut off and not tried again: it has no result, and says nothing about the link", async () => {
  const path = "/cancelled.bin";
  const url = object(path, [{ kind: "stall", after: 1_000 }]);
  const cancellation = new Cancellation();
  const addTask = vi.fn();
  const throughput = Object.assign(new Throughput(), { addBytes: () => cancellation.cancel(), addTask });
  expect(await results({ url, with: { cancellation, throughput } })).toEqual([]);
  expect(visited(path)).toHaveLength(1);
  expect(addTask).not.toHaveBeenCalled();
});

test("a task whose agent stops between its downloads returns to the queue with the first one", async () => {
  const path = "/stopped.bin";
  const stopping = new AbortController();
  const carried: MessageJob["carried"] = new Map();
  const running = download({ url: object(path), with: { stopping: stopping.signal, carried } });
  await eventually(() => visited(path)).toEqual([0]);
  stopping.abort();
  await expect(running).rejects.toThrow(StoppingError);
  expect([...carried.values()]).toMatchObject([{ downloads_done: 1, transferred_bytes: SIZE }]);
  expect(visited(path)).toEqual([0]);
});

test("a large object that the POP has by the second download is left at its head, which is the check", async () => {
  edge.setBehaviours([{ admission: "first" }]);
  onTestFinished(() => edge.setBehaviours([{}]));
  const path = "/left.bin";
  const result = await download({ url: object(path, [], 20_000_000) });
  expect(result).toMatchObject({ outcome: "warm", bytes: 20_000_000, rounds: 1 });
  expect(result.transferred_bytes).toBeLessThan(22_000_000);
  expect(visited(path)).toHaveLength(2);
});

test("of two POPs, the last is the one that answered", async () => {
  const pops: Fault = { kind: "headers", headers: { "x-amz-cf-pop": ["FRA56-P4", "SIN2-P1"] } };
  const result = await download({ url: object("/behind-cloudfront.bin", [pops, pops, pops], 500) });
  expect(result).toMatchObject({ outcome: "warm", x_amz_cf_pop: "SIN2-P1" });
});

test.each(["function", "lambda"] as const)(
  "a response that a %s at the edge generated fails after one request",
  async (generated) => {
    edge.setBehaviours([{ generated }]);
    onTestFinished(() => edge.setBehaviours([{}]));
    const path = `/generated-${generated}.bin`;
    const failed = { ok: false, outcome: "failed", reason: "generated", attempts: 1 };
    expect(await download({ url: object(path) })).toMatchObject(failed);
  },
);

test.each<[string, Fault[], boolean]>([
  ["good after all", [reset(100)], false],
  ["refused after a failure", [reset(100), status(404)], true],
  ["put off", [status(503)], false],
])("the throughput is told once of a task that is %s", async (name, troubles, troubled) => {
  const addTask = vi.fn();
  const url = object(`/metered-${encodeURIComponent(name)}.bin`, troubles);
  const message = { tries: 2 };
  const throughput = Object.assign(new Throughput(), { addTask });
  await download({ url, message, with: { throughput } }).catch((error: unknown) =>
    expect(error).toBeInstanceOf(DeferredError),
  );
  expect(addTask.mock.calls).toEqual([[troubled]]);
});

describe("the bytes of a task in progress", () => {
  /** Bytes in progress whenever some arrive, and at the end. */
  async function progressOf(
    path: string,
    troubles: readonly (Fault | undefined)[] = [],
    message: Download["message"] = {},
  ) {
    const held = new HeldTasks("q");
    const seenBytes: number[] = [];
    const addBytes = () => void queueMicrotask(() => seenBytes.push(held.inProgressBytes));
    const throughput = Object.assign(new Throughput(), { addBytes });
    const result = await download({ url: object(path, troubles), message, with: { held, throughput } });
    return { seenBytes, held, result };
  }

  test("grow to the object's size over both downloads, and never fall when the second begins", async () => {
    const { seenBytes, held, result } = await progressOf("/progress.bin");
    expect(seenBytes).toEqual(seenBytes.toSorted((a, b) => a - b));
    expect(Math.max(...seenBytes)).toBe(SIZE);
    expect([held.inProgressBytes, held.finishedBytes, held.newBytes]).toEqual([0, SIZE, result.transferred_bytes]);
  });

  test("count whole where one download is asked for", async () => {
    const { seenBytes } = await progressOf("/progress-of-one.bin", [], { downloads: 1 });
    expect(Math.max(...seenBytes)).toBe(SIZE);
  });

  test("do not include what came of an attempt that broke off", async () => {
    const { seenBytes, held } = await progressOf("/broken-off.bin", [{ kind: "truncate", after: 400_000 }]);
    expect(Math.max(...seenBytes)).toBe(SIZE);
    expect(held.newBytes).toBe(2 * SIZE + 400_000 + 1);
  });
});

/** Permits of a limited origin, and how many requests took one. */
function permits(waitForSendSlot: () => Promise<number> = async () => 1_000) {
  const taken: object[] = [];
  const acquire = async (options: object) => {
    taken.push(options);
    return {
      lost: new AbortController().signal,
      waitForSendSlot,
      setSuspended: () => undefined,
      release: () => undefined,
    };
  };
  return { taken, limiterFor: () => ({ isBusy: false, acquire }) };
}

test.each<[string, Partial<Behaviour>, requests: number]>([
  ["came through the REC", {}, 1],
  ["reached the origin past the REC", { rec: "passed" }, 2],
  ["came through the REC, and nothing reports that", { serverTiming: "off" }, 2],
])("a second download takes a permit unless the first came through the REC: %s", async (name, behaviour, requests) => {
  edge.setBehaviours([behaviour]);
  onTestFinished(() => edge.setBehaviours([{}]));
  const { taken, limiterFor } = permits();
  await download({
    url: object(`/permit-${name.length}.bin`, [], 500),
    with: { origins: fakeOrigins({ limiterFor }) },
  });
  expect(taken).toHaveLength(requests);
});

test("a request is sent when its slot has come: what the limiter hears of its time begins then", async () => {
  const elapsed: number[] = [];
  const { limiterFor } = permits(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    return 1_000;
  });
  const origins = fakeOrigins({ limiterFor, observe: ({ elapsedMs }) => void elapsed.push(elapsedMs) });
  expect(await download({ url: object("/slot.bin", [], 500), with: { origins } })).toMatchObject({ outcome: "warm" });
  expect(seen.get("/slot.bin")).toHaveLength(3);
  expect(elapsed).toHaveLength(3);
  expect(Math.max(...elapsed)).toBeLessThan(20_000);
});

test("a request whose slot is too far away defers its task", async () => {
  const deferred = new DeferredError(9_000);
  const { limiterFor } = permits(() => Promise.reject(deferred));
  const running = download({ url: object("/far.bin"), with: { origins: fakeOrigins({ limiterFor }) } });
  await expect(running).rejects.toThrow(deferred.message);
  expect(seen.get("/far.bin")).toBeUndefined();
});
