// The pure parts of the origin limiter: GCRA reservations and AIMD.
import { cutRate, type Refusals, rateAt } from "../../domain/origin/adaptive-rate.ts";
import { reservation, reservedPerSecond, SLOT_TOLERANCE_MS, spacingMs } from "../../domain/origin/reservations.ts";
import { busiest } from "../../tools/edge/origin-log.ts";
import { mulberry32 } from "../../tools/lab/engine/seed.ts";

const NOW = 1_700_000_000_000;

function slotTimes(tat: number, slots: number, spacing: number): number[] {
  return Array.from({ length: slots }, (_, n) => tat - (slots - n) * spacing);
}

describe("GCRA", () => {
  test.each([1, 2.5, 10, 50, 200])(
    "requests of a limit of %d per second that are sent late, and take as long again, stay within it in any second",
    (limit) => {
      const spacing = spacingMs(reservedPerSecond(limit));
      const random = mulberry32(1);
      const sent = slotTimes(NOW, 5_000, spacing)
        .map((at) => ({ at: at + (random() < 0.5 ? 0 : 2 * SLOT_TOLERANCE_MS * random()) }))
        .toSorted((one, other) => one.at - other.at);
      expect(busiest(sent, 1_000)).toBeLessThanOrEqual(Math.max(1, limit));
    },
  );

  it("starts again after an idle period, 150 ms from now, and adds to a TAT that is ahead", () => {
    const ask = { slots: 2, spacing: 20, horizon: 3_000 };
    expect(reservation(undefined, NOW, ask)).toEqual({ kind: "set", to: NOW + 190, below: NOW + 150 });
    expect(reservation(NOW + 100, NOW, ask)).toEqual({ kind: "set", to: NOW + 190, below: NOW + 150 });
    expect(reservation(NOW + 150, NOW, ask)).toEqual({ kind: "add", by: 40, atLeast: NOW + 150, below: NOW + 3_000 });
    expect(reservation(NOW + 3_000, NOW, ask)).toBeUndefined();
  });

  it("adds whole microseconds, as DynamoDB does", () => {
    const ask = { slots: 7, spacing: 22.223, horizon: 3_000 };
    expect(reservation(NOW + 200, NOW, ask)).toMatchObject({ by: 155.561 });
  });
});

describe("AIMD", () => {
  const host = { rate: 30, cutAt: NOW, notBefore: NOW };
  const refusal: Refusals = {
    now: NOW + 3_000,
    sentAt: NOW + 2_900,
    accepted: 0,
    isFirst: false,
    responses: 10,
    refused: 2,
    retryAfterMs: 0,
  };

  it("multiplies the rate by 0.7, once for all refusals of requests that were sent before the cut", () => {
    expect(cutRate(host, refusal)?.rate).toBeCloseTo(0.7 * rateAt(host, NOW + 3_000));
    expect(cutRate(host, { ...refusal, sentAt: NOW })).toBeUndefined();
    expect(cutRate(host, { ...refusal, now: NOW + 1_999 })).toBeUndefined();
  });

  it("begins with what the host accepted; processes that measured at the same time add theirs", () => {
    expect(cutRate(undefined, { ...refusal, accepted: 30, isFirst: true })?.rate).toBeCloseTo(21);
    expect(cutRate(host, { ...refusal, accepted: 10, isFirst: true })).toEqual({ ...host, rate: 37 });
  });

  it("grows from the last cut without a write, and is forgotten", () => {
    expect(rateAt(host, NOW)).toBe(30);
    expect(rateAt(host, NOW + 10_000)).toBeCloseTo(30 * Math.exp(0.15));
    expect(rateAt(host, NOW + 60_000)).toBeCloseTo(30 * Math.exp(2.3));
    expect(rateAt(host, NOW + 120_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([0, 2_000, 60_000, 900_000])("grows from the end of a pause of %i ms as it grows from a cut", (pauseMs) => {
    const paused = { ...host, notBefore: host.cutAt + pauseMs };
    for (const ms of [0, 1, 10_000, 60_000, 120_000])
      expect(rateAt(paused, paused.notBefore + ms)).toBe(rateAt({ ...host, notBefore: host.cutAt }, host.cutAt + ms));
  });

  it("honours Retry-After for the whole host only if the host answers nothing else", () => {
    expect(cutRate(host, { ...refusal, retryAfterMs: 60_000 })?.notBefore).toBe(NOW + 4_000);
    expect(cutRate(host, { ...refusal, retryAfterMs: 60_000, refused: 10 })?.notBefore).toBe(NOW + 63_000);
  });
});
