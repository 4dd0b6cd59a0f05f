import { beforeEach, expect, test, vi } from "vitest";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { Reservations } from "../../../domain/origin/reservations.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

const HOUR_MS = 3_600_000;

function reservationsOf() {
  const store = new MemoryPermitStore();
  let perSecond = 5;
  let wanted = 0;
  const context = { store, now: Date.now, random: () => 0.5, onChange: () => undefined, onFree: () => undefined };
  const reservations: Reservations = new Reservations(context, {
    id: "r1",
    perSecond: () => perSecond,
    lifeMs: 100,
    refresh: async () => undefined,
    demand: () => ({ slots: wanted - reservations.free, urgent: 0 }),
  });
  const setRate = (rate: number) => {
    perSecond = rate;
  };
  /** Reserves slots for so much work, if a call is due. */
  const reserve = async (slots: number, ms = 1_000) => {
    wanted = slots;
    await vi.advanceTimersByTimeAsync(ms);
    reservations.expire(Date.now());
    reservations.reserve(Date.now());
    await vi.advanceTimersByTimeAsync(1);
  };
  return { reservations, store, reserve, setRate };
}

test("slots are as far apart as the rate says, and begin 150 ms from now", async () => {
  const { reservations, reserve } = reservationsOf();
  await reserve(3, 0);
  const start = Date.now() - 1;
  expect([0, 1, 2, 3].map((n) => reservations.slotAt(n) - start)).toEqual([150, 350, 550, Number.POSITIVE_INFINITY]);
});

test("a slot that nobody has used in time is lost", async () => {
  const { reservations, reserve } = reservationsOf();
  await reserve(1, 0);
  await vi.advanceTimersByTimeAsync(248);
  reservations.expire(Date.now());
  expect(reservations.free).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  reservations.expire(Date.now());
  expect(reservations.free).toBe(0);
});

test("a TAT that a wrong clock wrote is replaced once it was read twice, and only then", async () => {
  const { reservations, store, reserve } = reservationsOf();
  const wrong = Date.now() + HOUR_MS + 0.123;
  await store.updateTat("r1", { kind: "set", to: wrong, below: 0 });
  await reserve(1, 0);
  expect(await store.tat("r1")).toBe(wrong);
  await reserve(1);
  await reserve(1);
  await reserve(1);
  expect(reservations.free).toBe(1);
});

test("requests that were sent without a slot cost slots, and none of those that were sent while there was no rate", async () => {
  const { reservations, reserve, setRate } = reservationsOf();
  setRate(Number.POSITIVE_INFINITY);
  for (let n = 0; n < 200; n++) reservations.addDebt();
  setRate(5);
  await reserve(2);
  expect(reservations.free).toBe(2);
  // Two slots that are free, and all that two reservations can take.
  for (let n = 0; n < 2 + 2 * 6; n++) reservations.addDebt();
  for (let n = 0; n < 2; n++) {
    expect(reservations.free).toBe(0);
    await reserve(2);
  }
  expect(reservations.free).toBe(0);
  await reserve(2);
  expect(reservations.free).toBe(2);
});
