import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { Cancellation } from "../../../agent/fetch/http/http-client.ts";
import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { HeldTasks } from "../../../agent/report/heartbeats.ts";
import { Throughput } from "../../../agent/report/throughput.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import type { Fault } from "../../../tools/edge/faults.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { fakeOrigins } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";
import { type Download, download, edge, object, reset, SIZE, seen, status, useEdge, visited } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge();

describe("a good download", () => {
  test("is recorded with all that the edge said about it: a miss that is then a hit, and then a hit that is checked as well", async () => {
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
      rounds: 1,
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
    expect(visited("/recorded.bin")).toEqual([0, 0, 0, 0]);
    expect(second.x_amz_cf_id).not.toBe(first.x_amz_cf_id);
    expect(edge.originRequests().filter(({ path }) => path === "/recorded.bin")).toHaveLength(1);
  });

  test.each([
    ["off", 0, 0],
    ["off", 1, 1],
    ["off", 262_144, 262_144],
    ["off", 262_145, 262_145],
    ["off", 3_000_001, 3_000_001],
    // A check takes a small object whole, and of a larger one its first byte.
    ["edge", 65_536, 2 * 65_536],
    ["edge", 65_537, 65_538],
  ] as const)("counts exactly: %s, an object of %i bytes, %i in all", async (verify, size, all) => {
    const addBytes = vi.fn<(bytes: number) => void>();
    const result = await download({
      url: object(`/${size}-${verify}.bin`, [], size),
      message: { verify },
      admission: { throughput: Object.assign(new Throughput(), { addBytes }) },
    });
    expect(result).toMatchObject({ ok: true, bytes: size });
    expect(addBytes.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(all);
  });
});

test("the download of a follower is proven as that of its lead is", async () => {
  const result = await download({ url: object("/follower.bin"), message: { follows: true } });
  expect(result).toMatchObject({ ok: true, outcome: "warm", tier: "EDGE" });
  expect(visited("/follower.bin")).toHaveLength(2);
});

test("what comes compressed is recorded with its encoding, and may have any size", async () => {
  edge.setBehaviours([{ encodings: ["br"], compress: true }]);
  onTestFinished(() => edge.setBehaviours([{}]));
  edge.addObject("/app.css", { size: 50_000, letters: true, headers: { "content-type": "text/css" } });
  const message = { header: ["Accept-Encoding: br"] };
  const result = await download({ url: "https://www.example.com/app.css", bytes: 50_000, message });
  expect(result).toMatchObject({ ok: true, outcome: "warm", encoding: "br", uncompressed: undefined });
});

test("what is cancelled is cut off, and not tried again; it says nothing about the link", async () => {
  const path = "/cancelled.bin";
  const url = object(path, [{ kind: "stall", after: 1_000 }]);
  const cancellation = new Cancellation();
  const addTask = vi.fn();
  const throughput = Object.assign(new Throughput(), { addBytes: () => cancellation.cancel(), addTask });
  const error = "CANCELLED: the request has ended";
  expect(await download({ url, admission: { cancellation, throughput } })).toMatchObject({
    ok: false,
    attempts: 1,
    error,
  });
  expect(visited(path)).toHaveLength(1);
  expect(addTask).not.toHaveBeenCalled();
});

test("what is cancelled before it begins is not asked for", async () => {
  const path = "/cancelled-before.bin";
  const cancellation = new Cancellation();
  cancellation.cancel();
  expect(await download({ url: object(path), admission: { cancellation } })).toMatchObject({ ok: false, attempts: 0 });
  expect(visited(path)).toEqual([]);
});

test("once the client is destroyed, what runs is cut off and nothing begins", async () => {
  const own = new PooledHttpClient({ ca: edge.caPem, allowPrivateAddresses: true });
  const path = "/destroyed.bin";
  const url = object(path, [{ kind: "slow", ms: 10_000 }]);
  const running = download({ url, options: { http: own } });
  await eventually(() => visited(path)).toEqual([0]);
  await own.destroy();
  const cut = { ok: false, error: "STOPPED: the agent has stopped" };
  expect(await running).toMatchObject(cut);
  expect(await download({ url, options: { http: own } })).toMatchObject(cut);
  expect(visited(path)).toEqual([0]);
});

test.each<[string, Fault[], boolean]>([
  ["good", [], false],
  ["good after all", [reset(0)], false],
  ["refused at once", [status(404)], false],
  ["refused after a failure", [reset(0), status(404)], true],
  ["put off", [status(503)], false],
  ["failed by the server", Array(3).fill(status(500)), true],
  ["never answered", Array(3).fill(reset(0)), true],
])("the throughput is told once of a task that is %s", async (name, troubles, troubled) => {
  const addTask = vi.fn();
  const url = object(`/metered-${encodeURIComponent(name)}.bin`, troubles);
  const message = { tries: 2 };
  const admission = { throughput: Object.assign(new Throughput(), { addTask }) };
  await download({ url, message, admission }).catch((error: unknown) => expect(error).toBeInstanceOf(DeferredError));
  expect(addTask.mock.calls).toEqual([[troubled]]);
});

describe("the bytes of a download", () => {
  test("are under way until it has a result; what came of an attempt that broke off is not", async () => {
    const holding = new HeldTasks("q");
    const transfer = holding.startTransfer();
    const url = object("/broken-off.bin", [{ kind: "truncate", after: 400_000 }]);
    expect(await download({ url, admission: { transfer } })).toMatchObject({ ok: true, attempts: 2 });
    // The check of a large object is its first byte.
    expect([holding.inProgressBytes, holding.newBytes > SIZE]).toEqual([SIZE + 1, true]);
    transfer.clear();
    expect(holding.inProgressBytes).toBe(0);
  });
});

/** @returns how many requests had been sent when the task began to wait, each time */
async function waits(path: string, message: Download["message"] = {}, troubles: readonly Fault[] = []) {
  const sent = () => seen.get(path)?.length ?? 0;
  const began = { waitWithoutSlotAndPermit: [] as number[], reacquire: [] as number[] };
  const admission: Partial<DownloadHooks> = {
    waitWithoutSlotAndPermit: async (wait) => {
      began.waitWithoutSlotAndPermit.push(sent());
      return wait();
    },
    reacquire: async () => void began.reacquire.push(sent()),
  };
  const result = await download({ url: object(path, troubles, 500), message, admission });
  return { ...began, requests: sent(), outcome: result.outcome };
}

test("a check waits without permits, and nothing else waits for them again", async () => {
  expect(await waits("/kept.bin")).toEqual({
    waitWithoutSlotAndPermit: [1],
    reacquire: [],
    requests: 2,
    outcome: "warm",
  });
});

test("the second download of an object that is not kept waits for permits", async () => {
  edge.setBehaviours([{ ttl: { min: 0, default: 0, max: 0 } }]);
  const never = await waits("/never.bin");
  edge.setBehaviours([{}]);
  expect(never).toEqual({ waitWithoutSlotAndPermit: [1, 3], reacquire: [2], requests: 4, outcome: "not_kept" });
});

test("a further attempt waits for permits", async () => {
  const retried = await waits("/retried.bin", {}, [reset(100)]);
  expect(retried).toMatchObject({ reacquire: [1], outcome: "warm" });
});

/** Downloads an object whose first request may be sent after this. */
function downloadAfter(path: string, beforeSend: DownloadHooks["beforeSend"], options: Download["options"] = {}) {
  return download({ url: object(path, [], 500), admission: { beforeSend }, options });
}

test("a request is sent when its slot has come: what the limiter hears of its time begins then", async () => {
  const elapsed: number[] = [];
  const origins = fakeOrigins({ observe: ({ elapsedMs }) => void elapsed.push(elapsedMs) });
  const slot = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  };
  expect(await downloadAfter("/slot.bin", slot, { origins })).toMatchObject({ outcome: "warm" });
  expect(seen.get("/slot.bin")).toHaveLength(2);
  expect(elapsed).toHaveLength(2);
  expect(Math.max(...elapsed)).toBeLessThan(20_000);
});

test("a request whose slot is too far away defers its task", async () => {
  const deferred = new DeferredError(9_000);
  await expect(downloadAfter("/far.bin", () => Promise.reject(deferred))).rejects.toThrow(deferred.message);
  expect(seen.get("/far.bin")).toBeUndefined();
});

test("who served the first download is told, unless an attempt before it failed", async () => {
  const served: unknown[] = [];
  const onServed = (by: unknown) => void served.push(by);
  const url = object("/served.bin", [], 500);
  await download({ url, admission: { onServed } });
  await download({ url, admission: { onServed } });
  await download({ url: object("/served-late.bin", [reset(100)], 500), admission: { onServed } });
  expect(served).toEqual(["origin", "cache", undefined]);
});
