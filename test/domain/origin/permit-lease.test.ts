import type { LimiterOptions } from "../../../domain/origin/paced-calls.ts";
import { PermitLease } from "../../../domain/origin/permit-lease.ts";
import { MemoryPermitStore, type PermitStore } from "../../../domain/origin/permit-store.ts";

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

const LIMIT = 2;

function leaseOf(options: Partial<LimiterOptions> = {}) {
  let wanted = 0;
  const store = options.store ?? new MemoryPermitStore();
  const ignore = () => undefined;
  const refresh = async () => undefined;
  const context = { id: "r1", limits: {}, refresh, now: Date.now, onChange: ignore, onFree: ignore, ...options, store };
  const lease = new PermitLease(context, LIMIT, () => wanted);
  /** Lets it call the store, if it is due. */
  const update = async (permits: number, ms = 0) => {
    wanted = permits;
    await vi.advanceTimersByTimeAsync(ms);
    lease.update(Date.now());
    await vi.advanceTimersByTimeAsync(1);
  };
  return { lease, store, update };
}

/** A store in memory, but for some calls. */
function storeWith(calls: Partial<PermitStore>): PermitStore {
  return Object.assign(new MemoryPermitStore(), calls);
}

/** A store that cancels the first transactions that give permits back, as DynamoDB does when two conflict, and that may be down. */
function breaking({ conflicts = 0 } = {}) {
  const memory = new MemoryPermitStore();
  const isDown = { value: false };
  let left = conflicts;
  const store = storeWith({
    exchange: async (reqId, change) => (change.to < change.from && left-- > 0 ? false : memory.exchange(reqId, change)),
    permits: async (reqId) => (isDown.value ? new Promise(() => undefined) : memory.permits(reqId)),
  });
  return { memory, store, isDown };
}

test("permits that are not in use are lost with the heartbeat, as those in use are", async () => {
  const heartbeatAt = Date.now();
  const { store, isDown } = breaking();
  const { lease, update } = leaseOf({ store, heartbeatAt: () => heartbeatAt });
  await update(LIMIT);
  expect(lease.free).toBe(LIMIT);
  isDown.value = true;
  await update(LIMIT, 44_000);
  expect(lease.free).toBe(LIMIT);
  await update(LIMIT, 2_000);
  expect(lease.free).toBe(0);
});

test("a transaction whose response is late may still be carried out: until it has ended, no permit is used", async () => {
  const store = new MemoryPermitStore();
  const carryOut: (() => void)[] = [];
  const slow = storeWith({
    permits: (reqId) => store.permits(reqId),
    exchange: (reqId, change) =>
      change.to > 0
        ? store.exchange(reqId, change)
        : new Promise((resolve) => carryOut.push(() => resolve(store.exchange(reqId, change)))),
  });
  const { lease, update } = leaseOf({ store: slow });
  await update(LIMIT);
  await update(0, 1_000);
  // Work comes back while the permits are being given back.
  for (let n = 0; n < 10; n++) await update(LIMIT, 1_000);
  expect(lease.free).toBe(0);
  for (const end of carryOut) end();
  for (let n = 0; n < 10; n++) await update(LIMIT, 1_000);
  expect(lease.free).toBe(LIMIT);
  expect(await store.permits("r1")).toMatchObject({ held: LIMIT, own: LIMIT });
});

test("permits that a late response grants are used once they have been read again", async () => {
  const store = new MemoryPermitStore();
  const carryOut: (() => void)[] = [];
  const slow = storeWith({
    permits: (reqId) => store.permits(reqId),
    exchange: (reqId, change) => {
      const done = store.exchange(reqId, change);
      return new Promise((resolve) => carryOut.push(() => resolve(done)));
    },
  });
  const { lease, update } = leaseOf({ store: slow });
  await update(LIMIT);
  await vi.advanceTimersByTimeAsync(5_000);
  for (const end of carryOut) end();
  await vi.advanceTimersByTimeAsync(1);
  expect(lease.free).toBe(0);
  await update(LIMIT, 5_000);
  expect(lease.free).toBe(LIMIT);
});

test("permits are given back also if DynamoDB cancels the transaction", async () => {
  const { store, memory } = breaking({ conflicts: 3 });
  const { lease, update } = leaseOf({ store });
  await update(LIMIT);
  await update(0, 1_000);
  expect(lease.isIdle).toBe(false);
  expect(await memory.permits("r1")).toMatchObject({ held: LIMIT });
  for (let n = 0; n < 20; n++) await update(0, 1_000);
  expect(await memory.permits("r1")).toMatchObject({ held: 0 });
  expect(lease.isIdle).toBe(true);
});

test("a process that ends tries again to give its permits back", async () => {
  const { store, memory } = breaking({ conflicts: 2 });
  const { lease, update } = leaseOf({ store });
  await update(LIMIT);
  await update(0);
  const drained = lease.drain();
  await vi.advanceTimersByTimeAsync(30_000);
  await drained;
  expect(await memory.permits("r1")).toMatchObject({ held: 0 });
});

test("a process that loses its lease gives its permits back, if nobody has reclaimed them", async () => {
  let heartbeatAt = Date.now();
  const { lease, store, update } = leaseOf({ heartbeatAt: () => heartbeatAt });
  await update(LIMIT);
  heartbeatAt = Number.NEGATIVE_INFINITY;
  await update(0, 1_000);
  expect(await store.permits("r1")).toMatchObject({ held: 0 });
  expect(lease.isIdle).toBe(true);
});

test("of the processes that find no permit, one searches for expired leases", async () => {
  let searchedAt = 0;
  let searches = 0;
  const full = storeWith({
    permits: async () => ({ held: LIMIT, own: 0, searchedAt }),
    exchange: async () => false,
    reclaim: async (_, search) => {
      if (searchedAt === search.searchedAt) searches++;
      searchedAt = search.now;
      return 0;
    },
  });
  const processes = [1, 2, 3].map(() => leaseOf({ store: full }));
  for (let n = 0; n < 4; n++) for (const { update } of processes) await update(1, 500);
  expect(searches).toBe(1);
});

test("permits are reclaimed only some seconds after their holder has stopped to use them", async () => {
  const memory = new MemoryPermitStore();
  const heartbeatAt = Date.now();
  let reclaimedAt: number | undefined;
  const shared = (own: () => number) =>
    storeWith({
      permits: async (reqId) => ({ ...(await memory.permits(reqId)), own: own(), searchedAt: 0 }),
      exchange: async () => false,
      reclaim: async (_, { now, expiredBefore }) => {
        if (heartbeatAt >= expiredBefore) return 0;
        reclaimedAt ??= now;
        return 1;
      },
    });
  const holder = leaseOf({ heartbeatAt: () => heartbeatAt });
  await holder.update(LIMIT);
  await memory.exchange("r1", { from: 0, to: LIMIT, limit: LIMIT });
  const other = leaseOf({ store: shared(() => 0) });
  let stoppedAt: number | undefined;
  while (reclaimedAt === undefined) {
    await holder.update(LIMIT, 500);
    await other.update(1, 500);
    if (holder.lease.free === 0) stoppedAt ??= Date.now();
  }
  // A request in progress is aborted, and one that is just sent arrives.
  expect(reclaimedAt - (stoppedAt ?? Number.NaN)).toBeGreaterThan(10_000);
});
