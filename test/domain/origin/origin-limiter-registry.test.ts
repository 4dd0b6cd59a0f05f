import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import { OriginLimiterRegistry, type OriginWork } from "../../../domain/origin/origin-limiter-registry.ts";
import type { ProcessOptions } from "../../../domain/origin/paced-calls.ts";
import { LeaseLostError } from "../../../domain/origin/permit-lease.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { busiest } from "../../../tools/edge/origin-log.ts";
import { times } from "../../collect.ts";

const START = 1_700_000_000_000;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  return () => vi.useRealTimers();
});
const { signal } = new AbortController();

const FREE: OriginWork = { req_id: "free", host: "a.example" };
const RATED: OriginWork = { req_id: "rated", host: "a.example", origin: { requests_per_second: 10 } };
const TWO: OriginWork = { req_id: "two", host: "a.example", origin: { concurrency: 2 } };
const open: OriginLimiterRegistry[] = [];
afterEach(() => {
  for (const limiters of open.splice(0)) limiters.close(new Error("the test has ended"));
});

/** A store that other processes share. */
function sharedStore(): MemoryPermitStore {
  return Object.assign(new MemoryPermitStore(), { localTats: undefined });
}

function limitersOf(options: Partial<ProcessOptions> = {}): OriginLimiterRegistry {
  const limiters = new OriginLimiterRegistry({ store: sharedStore(), now: Date.now, ...options });
  open.push(limiters);
  return limiters;
}

/** A permit for one request, at last. */
const acquire = async (limiters: OriginLimiterRegistry, work: OriginWork, options: object = {}) =>
  limiters.limiterFor(work)?.acquire({ signal, ...options });

/** A response, 5 ms after its request. */
function observe(
  limiters: OriginLimiterRegistry,
  work: OriginWork,
  url: string,
  response: object,
  mayReachOrigin = true,
) {
  limiters.observe({ work, url, pop: "P", elapsedMs: 5, mayReachOrigin, response });
}

/** Two URLs are refused, and stay so for the second in which the rate is measured. */
async function refuse(limiters: OriginLimiterRegistry, work: OriginWork, response: object = { httpStatus: 503 }) {
  observe(limiters, work, "1", response);
  observe(limiters, work, "2", response);
  await vi.advanceTimersByTimeAsync(1_100);
}

test("nothing waits: as long as there is neither a limit nor a refusal", async () => {
  const limiters = limitersOf();
  await limiters.prepare(FREE);
  expect(limiters.limiterFor(FREE)).toBeUndefined();
  expect(limiters.limiterFor({ ...FREE, origin: {} })).toBeUndefined();
  expect(limiters.limiterFor(RATED)).toBeDefined();
});

test.each([
  ["503", { httpStatus: 503 }, true],
  ["429", { httpStatus: 429 }, true],
  ["502", { httpStatus: 502 }, true],
  ["500", { httpStatus: 500 }, false],
  ["an error that a cache kept", { httpStatus: 503, age: "3" }, false],
  ["a 429 of AWS WAF", { httpStatus: 429, wafAction: "challenge" }, false],
  ["no response", {}, false],
])("nothing waits unless the host refuses requests: %s", async (_, response, waits) => {
  const limiters = limitersOf();
  await refuse(limiters, FREE, response);
  expect(limiters.limiterFor(FREE) !== undefined).toBe(waits);
  expect(limiters.limiterFor({ ...FREE, req_id: "another" }) !== undefined).toBe(waits);
  expect(limiters.limiterFor({ ...FREE, host: "b.example" })).toBeUndefined();
});

test("nothing waits: once a host has accepted all requests for long", async () => {
  const limiters = limitersOf();
  await refuse(limiters, FREE);
  await vi.advanceTimersByTimeAsync(180_000);
  expect(limiters.limiterFor(FREE)).toBeUndefined();
});

test("other processes know the rate that a host accepts", async () => {
  const store = sharedStore();
  const [one, other] = [limitersOf({ store }), limitersOf({ store })];
  await refuse(one, FREE);
  await other.prepare(FREE);
  expect(other.limiterFor(FREE)).toBeDefined();
});

test("a host that throttles is asked less, also while the store does not answer", async () => {
  const store = sharedStore();
  store.hostRate = () => Promise.reject(new Error("not available"));
  store.cutHostRate = () => Promise.reject(new Error("not available"));
  const limiters = limitersOf({ store });
  await refuse(limiters, FREE);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(limiters.limiterFor(FREE)).toBeDefined();
});

test("Retry-After delays all requests to a host that accepts none", async () => {
  const limiters = limitersOf();
  await refuse(limiters, FREE, { httpStatus: 503, retryAfter: "60" });
  let delayMs = 0;
  const acquired = acquire(limiters, FREE, { isDeferrable: true });
  acquired.catch((error: unknown) => {
    if (error instanceof DeferredError) delayMs = error.delayMs;
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(delayMs).toBeGreaterThan(58_000);
});

test("slots of a rate come one after the other, and what would wait for more than three seconds is deferred", async () => {
  const limiters = limitersOf();
  const at: number[] = [];
  let deferred = 0;
  for (let n = 0; n < 60; n++)
    void acquire(limiters, RATED, { isDeferrable: true })
      .then(async (permit) => {
        await permit?.waitForSendSlot(signal);
        at.push(Date.now() - START);
        permit?.release();
      })
      .catch(() => deferred++);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(at.slice(0, 3)).toEqual([150, 262, 373]);
  expect(at.length + deferred).toBe(60);
  expect(at.length).toBeGreaterThanOrEqual(25);
  expect(at.at(-1)).toBeLessThan(5_000);
});

/** Downloads without end, so many at once. @returns the number of requests that were sent within 15 s */
async function sentInTime(
  limiters: OriginLimiterRegistry,
  downloads: readonly { connectMs: number; fails?: boolean }[],
) {
  await limiters.prepare(RATED);
  let sent = 0;
  const download = async (connectMs: number, fails: boolean): Promise<void> => {
    try {
      const permit = await acquire(limiters, RATED, { isDeferrable: true });
      await new Promise((resolve) => setTimeout(resolve, connectMs));
      if (!fails) {
        await permit?.waitForSendSlot(new AbortController().signal);
        sent++;
      }
      permit?.release();
    } catch {
      // Deferred.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    return download(connectMs, fails);
  };
  for (const { connectMs, fails = false } of downloads) download(connectMs, fails).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(15_000);
  return sent;
}

test("the slots of a request and of a throttled host are used together, also with slow connections", async () => {
  const store = sharedStore();
  await store.cutHostRate("a.example", undefined, { rate: 2, cutAt: START, notBefore: 0 });
  const downloads = times(20, (i) => ({ connectMs: 350 + 15 * i }));
  expect(await sentInTime(limitersOf({ store }), downloads)).toBeGreaterThanOrEqual(25);
});

test("a connection that fails gives its slot back", async () => {
  const downloads = times(20, (i) => (i % 2 ? { connectMs: 5, fails: true } : { connectMs: 300 }));
  const sent = await sentInTime(limitersOf(), downloads);
  expect(sent).toBeGreaterThanOrEqual(115);
  expect(sent).toBeLessThanOrEqual(15 * 9);
});

test("a request that has reached the origin without a slot uses one up", async () => {
  const limiters = limitersOf();
  const missed = { httpStatus: 200, xCache: "Miss from cloudfront", serverTiming: "cdn-cache-miss" };
  for (let n = 0; n < 3; n++) observe(limiters, RATED, "1", missed, false);
  let at = 0;
  void acquire(limiters, RATED)
    .then((permit) => permit?.waitForSendSlot(signal))
    .then(() => {
      at = Date.now() - START;
    });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(at).toBeGreaterThan(150 + 3 * 111);
});

describe("permits of a request", () => {
  test("are one limit for all its hosts, and one lease", async () => {
    const store = sharedStore();
    const limiters = limitersOf({ store });
    const [a, b] = await Promise.all(["a.example", "b.example"].map((host) => acquire(limiters, { ...TWO, host })));
    expect(await store.permits("two")).toMatchObject({ held: 2, own: 2 });
    let third = false;
    void acquire(limiters, { ...TWO, host: "c.example" }).then(() => {
      third = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(third).toBe(false);
    a?.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(third).toBe(true);
    b?.release();
  });

  test("a check has its permit before downloads that wait, without a slot, and none while others have all", async () => {
    const limiters = limitersOf();
    const work = { ...TWO, origin: { concurrency: 1, requests_per_second: 1 } };
    const first = acquire(limiters, work);
    await vi.advanceTimersByTimeAsync(1_000);
    const order: string[] = [];
    void acquire(limiters, work).then(() => order.push("download"));
    void acquire(limiters, work, { isContinuation: true, needsSendSlot: false }).then((permit) => {
      order.push("check");
      setTimeout(() => permit?.release(), 5_000);
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(order).toEqual([]);
    (await first)?.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order).toEqual(["check"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(order).toEqual(["check", "download"]);
  });

  test("are lost without a heartbeat, before other processes may reclaim them", async () => {
    const heartbeatAt = START;
    const limiters = limitersOf({ heartbeatAt: () => heartbeatAt });
    const permit = await acquire(limiters, TWO);
    await vi.advanceTimersByTimeAsync(44_000);
    expect(permit?.lost?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(permit?.lost?.reason).toBeInstanceOf(LeaseLostError);
  });

  test("are given back when this process stops", async () => {
    const store = sharedStore();
    const limiters = limitersOf({ store });
    const permit = await acquire(limiters, TWO);
    const stopping = new Error("stopping");
    const waiting = acquire(limiters, RATED);
    limiters.close(stopping);
    await expect(waiting).rejects.toBe(stopping);
    await expect(acquire(limiters, RATED)).rejects.toBe(stopping);
    permit?.release();
    const drained = limiters.drain();
    await vi.advanceTimersByTimeAsync(2_000);
    await drained;
    expect(await store.permits("two")).toMatchObject({ held: 0, own: 0 });
  });

  test("are used as before after a clock that was set back", async () => {
    let offset = 0;
    const limiters = limitersOf({ now: () => Date.now() + offset });
    for (let n = 0; n < 20; n++) {
      const permit = await acquire(limiters, TWO);
      offset -= 5_000;
      permit?.release();
    }
    await vi.advanceTimersByTimeAsync(120_000);
    const acquired = vi.fn();
    void acquire(limiters, TWO).then(acquired);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(acquired).toHaveBeenCalled();
  });

  test("whoever waits for one goes on at once when it is cancelled", async () => {
    const limiters = limitersOf();
    const cancelled = new AbortController();
    const waiting = acquire(limiters, RATED, { signal: cancelled.signal });
    cancelled.abort();
    await expect(waiting).rejects.toBe(cancelled.signal.reason);
  });
});

test("work beyond what a process can start is deferred, however high the limit: each check goes through all that waits", async () => {
  const limiters = limitersOf();
  const work: OriginWork = { ...RATED, origin: { requests_per_second: 1_000_000 } };
  const deferred = vi.fn();
  for (const permit of times(5_000, () => acquire(limiters, work, { isDeferrable: true }))) permit.catch(deferred);
  await vi.advanceTimersByTimeAsync(10);
  expect(deferred).toHaveBeenCalledTimes(3_000);
  expect(deferred).toHaveBeenLastCalledWith(expect.any(DeferredError));
});

describe("limits that no other process shares", () => {
  const local = (options: Partial<ProcessOptions> = {}) => limitersOf({ store: new MemoryPermitStore(), ...options });
  /** Workers that send one request after the other. @returns when each was sent, in milliseconds since the start */
  async function sentBy(
    limiters: OriginLimiterRegistry,
    requestsPerSecond: number,
    { workers = 64, requests = 1_000, connectMs = () => 0, options = {} },
  ) {
    const work = { ...RATED, origin: { requests_per_second: requestsPerSecond } };
    const sent: { readonly at: number }[] = [];
    let left = requests;
    const worker = async () => {
      while (left-- > 0) {
        const permit = await acquire(limiters, work, options);
        await new Promise((resolve) => setTimeout(resolve, connectMs()));
        await permit?.waitForSendSlot(signal);
        sent.push({ at: Date.now() - START });
        await new Promise((resolve) => setTimeout(resolve, 10));
        permit?.release();
      }
    };
    for (let n = 0; n < workers; n++) void worker();
    await vi.advanceTimersByTimeAsync(60_000);
    return sent;
  }

  test.each([1_000_000, 10_000])(
    "a limit of %i requests per second, which does not bind, delays nothing",
    async (rate) => {
      // Time goes on while the code runs.
      let laterMs = 0;
      const now = () => {
        laterMs += 1e-6;
        return Date.now() + laterMs;
      };
      const sent = await sentBy(local({ now }), rate, {});
      expect(sent).toHaveLength(1_000);
      // 16 rounds of 10 ms.
      expect(sent.at(-1)?.at).toBeLessThan(250);
    },
  );

  test("what is sent uses the rate, and no second has more than the limit, however late connections open", async () => {
    const connectMs = () => 5 + 300 * Math.random() ** 4;
    const sent = await sentBy(local(), 100, { requests: 900, connectMs });
    expect(sent).toHaveLength(900);
    expect(busiest(sent, 1_000)).toBeLessThanOrEqual(100);
    expect(sent.at(-1)?.at).toBeLessThan(11_500);
  });

  test("what would wait for more than three seconds is deferred", async () => {
    const limiters = local();
    const acquired = times(60, () => acquire(limiters, RATED, { isDeferrable: true }));
    const ends = acquired.map((permit) => permit.then((it) => it?.waitForSendSlot(signal)));
    const settled = Promise.allSettled(ends);
    await vi.advanceTimersByTimeAsync(10_000);
    const deferred = (await settled).filter(({ status }) => status === "rejected").length;
    expect(deferred).toBeGreaterThan(25);
    expect(deferred).toBeLessThan(35);
  });

  test("a request that has reached the origin without a slot uses one up", async () => {
    const limiters = local();
    const missed = { httpStatus: 200, xCache: "Miss from cloudfront", serverTiming: "cdn-cache-miss" };
    for (let n = 0; n < 3; n++) observe(limiters, RATED, "1", missed, false);
    const acquired = vi.fn();
    void acquire(limiters, RATED).then(acquired);
    await vi.advanceTimersByTimeAsync(250);
    expect(acquired).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(acquired).toHaveBeenCalled();
  });

  test.each([
    ["a cut", {}, 1_000],
    ["Retry-After", { retryAfter: "20" }, 2_000],
  ])("after %s, a host gets no burst, also under a higher limit of the request", async (_, more, pauseMs) => {
    const limiters = local();
    for (let n = 0; n < 40; n++) observe(limiters, RATED, `good ${n}`, { httpStatus: 200 });
    for (let n = 0; n < 20; n++) observe(limiters, RATED, `refused ${n}`, { httpStatus: 503, ...more });
    await vi.advanceTimersByTimeAsync(pauseMs - 500);
    const sent = await sentBy(limiters, 500, { requests: 2_000 });
    const from = sent[0]?.at ?? 0;
    expect(from).toBeGreaterThanOrEqual(pauseMs);
    // Of 40 requests per second that were accepted, fewer are sent, and those of the tolerance of a slot.
    expect(sent.filter(({ at }) => at < from + 1_000).length).toBeLessThanOrEqual(42);
  });

  test("all permits are there at once", async () => {
    const limiters = local();
    const work = { ...TWO, origin: { concurrency: 500 } };
    const acquired = vi.fn();
    for (let n = 0; n < 600; n++) void acquire(limiters, work).then(acquired, () => undefined);
    await vi.advanceTimersByTimeAsync(20);
    expect(acquired).toHaveBeenCalledTimes(500);
  });

  test("no timer is left once the last permit is released, and the next permit is there at once", async () => {
    const limiters = local();
    const permit = await acquire(limiters, TWO);
    await vi.advanceTimersByTimeAsync(5_000);
    permit?.release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
    const acquired = vi.fn();
    void acquire(limiters, TWO).then(acquired);
    await vi.advanceTimersByTimeAsync(0);
    expect(acquired).toHaveBeenCalled();
  });
});
