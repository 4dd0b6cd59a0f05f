import { MemoryPermitStore } from "../../../domain/origin/permit-store.ts";
import { Reservations } from "../../../domain/origin/reservations.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  return () => vi.useRealTimers();
});

test("requests that were sent without a slot cost slots, and none of those that were sent while there was no rate", async () => {
  let perSecond = Number.POSITIVE_INFINITY;
  const ignore = () => undefined;
  const store = new MemoryPermitStore();
  const refresh = async () => undefined;
  const context = { id: "r1", limits: {}, store, refresh, now: Date.now, onChange: ignore, onFree: ignore };
  const reservations: Reservations = new Reservations(context, {
    id: "r1",
    perSecond: () => perSecond,
    lifeMs: 100,
    demand: (isUrgent) => (isUrgent ? 0 : 2 - reservations.free),
  });
  /** Reserves slots, if a call is due. @returns how many are free then */
  const reserve = async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    reservations.expire(Date.now());
    reservations.reserve(Date.now());
    await vi.advanceTimersByTimeAsync(1);
    return reservations.free;
  };
  for (let n = 0; n < 200; n++) reservations.addDebt();
  perSecond = 5;
  expect(await reserve()).toBe(2);
  // Two slots that are free, and all that two reservations can take.
  for (let n = 0; n < 2 + 2 * 6; n++) reservations.addDebt();
  expect([reservations.free, await reserve(), await reserve(), await reserve()]).toEqual([0, 0, 0, 2]);
});
