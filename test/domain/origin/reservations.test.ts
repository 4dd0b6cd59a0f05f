import { beforeEach, expect, test, vi } from "vitest";
import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { Reservations } from "../../../domain/origin/reservations.ts";

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

function reservationsOf() {
  const store = new MemoryPermitStore();
  let perSecond = 5;
  let wanted = 0;
  const ignore = () => undefined;
  const refresh = async () => undefined;
  const context = { id: "r1", limits: {}, store, refresh, now: Date.now, onChange: ignore, onFree: ignore };
  const reservations: Reservations = new Reservations(context, {
    id: "r1",
    perSecond: () => perSecond,
    lifeMs: 100,
    demand: (isUrgent) => (isUrgent ? 0 : wanted - reservations.free),
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
  return { reservations, reserve, setRate };
}

test("slots are as far apart as the rate says, and begin 150 ms from now", async () => {
  const { reservations, reserve } = reservationsOf();
  await reserve(3, 0);
  const start = Date.now() - 1;
  const slots = [1, 2, 3].map(() => reservations.take(reservations.nextAt(0)));
  expect(slots.map(({ at, until }) => [at - start, until - at])).toEqual([150, 350, 550].map((at) => [at, 100]));
  expect(reservations.nextAt(0)).toBe(Number.POSITIVE_INFINITY);
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
