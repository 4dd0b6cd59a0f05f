import { beforeEach, expect, test, vi } from "vitest";
import { PermitLease, type PermitLeaseOptions } from "../../../domain/origin/permit-lease.ts";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

const LIMIT = 2;

function leaseOf(options: Partial<PermitLeaseOptions> = {}) {
  const store = new MemoryPermitStore();
  const lease = new PermitLease({
    reqId: "r1",
    limit: LIMIT,
    store,
    now: Date.now,
    random: () => 0.5,
    onChange: () => undefined,
    ...options,
  });
  /** Lets it call the store, if it is due. */
  const update = async (wanted: number, ms = 0) => {
    await vi.advanceTimersByTimeAsync(ms);
    lease.update(
      Date.now(),
      () => wanted,
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(1);
  };
  return { lease, store, update };
}

test("it leases as many permits as could be used, within the limit, and gives back the others", async () => {
  const { lease, store, update } = leaseOf();
  await update(5);
  expect(lease.free).toBe(LIMIT);
  const lost = lease.use();
  await update(0, 1_000);
  expect(await store.permits("r1")).toEqual({ held: 1, own: 1 });
  lease.release(lost);
  await update(0, 1_000);
  expect(await store.permits("r1")).toEqual({ held: 0, own: 0 });
});

test("permits that are not in use are lost with the heartbeat, as those in use are", async () => {
  const heartbeatAt = Date.now();
  const { lease, update } = leaseOf({ heartbeatAt: () => heartbeatAt });
  await update(LIMIT);
  expect(lease.free).toBe(LIMIT);
  await update(LIMIT, 44_000);
  expect(lease.free).toBe(LIMIT);
  await update(LIMIT, 2_000);
  expect(lease.free).toBe(0);
});

test("a transaction whose response is late may still be carried out: until it has ended, no permit is used", async () => {
  const store = new MemoryPermitStore();
  const carryOut: (() => void)[] = [];
  const slow: PermitLeaseOptions["store"] = {
    permits: (reqId) => store.permits(reqId),
    exchange: (reqId, change) =>
      change.to > 0
        ? store.exchange(reqId, change)
        : new Promise((resolve) => carryOut.push(() => resolve(store.exchange(reqId, change)))),
    expiredLeases: async () => [],
    reclaim: async () => undefined,
  };
  const { lease, update } = leaseOf({ store: slow });
  await update(LIMIT);
  await update(0, 1_000);
  // Work comes back while the permits are being given back.
  for (let n = 0; n < 10; n++) await update(LIMIT, 1_000);
  expect(lease.free).toBe(0);
  for (const end of carryOut) end();
  for (let n = 0; n < 10; n++) await update(LIMIT, 1_000);
  expect(lease.free).toBe(LIMIT);
  expect(await store.permits("r1")).toEqual({ held: LIMIT, own: LIMIT });
});
