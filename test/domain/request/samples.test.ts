import { describe, expect, it } from "vitest";
import { MAX_SAMPLES, minuteOf, samplesOf } from "../../../domain/request/samples.ts";
import { count } from "../../lambdas/items.ts";

const MINUTE = 60_000;
/** A request is made 15 s into minute 100. */
const FROM = 100 * MINUTE + 15_000;

const kept = (began: Record<number, number>, received: Record<number, number> = {}) => ({
  began: new Map(Object.entries(began).map(([minute, done]) => [Number(minute), count(done, 0, 0)])),
  received: new Map(Object.entries(received).map(([minute, bytes]) => [Number(minute), bytes])),
});

/** Samples until `to`, as `minute: results, bytes`. */
function told(minutes: ReturnType<typeof kept>, to: number, last = count(9, 0, 0), unnoted = 0, settled = to) {
  return samplesOf(minutes, { from: FROM, to, settled }, last, unnoted).map(
    ({ at, received, count: { download_count } }) => `${at / MINUTE - 100}: ${download_count}, ${received}`,
  );
}

const at = (minute: number) => (100 + minute) * MINUTE;

describe("samplesOf", () => {
  it("begins with nothing, has one as each minute began, and ends with what is there now", () => {
    const minutes = kept({ 101: 0, 102: 4, 103: 7 }, { 101: 50, 102: 60 });
    expect(told(minutes, at(3.5), count(9, 0, 0), 5)).toEqual([
      `0.25: 0, 0`,
      "1: 0, 0",
      "2: 4, 50",
      "3: 7, 110",
      "3.5: 9, 115",
    ]);
  });

  it("fills in minutes without results: what the next one began with came before them", () => {
    // Results in minutes 101 and 105: those of 101 were there as 102 began.
    const minutes = kept({ 101: 0, 105: 6 });
    expect(told(minutes, at(7.5)).map((it) => it.split(",")[0])).toEqual([
      `0.25: 0`,
      "1: 0",
      "2: 6",
      "3: 6",
      "4: 6",
      "5: 6",
      "6: 9",
      "7: 9",
      "7.5: 9",
    ]);
  });

  it("counts bytes before there is any result, and none in minutes in which none came", () => {
    const minutes = kept({}, { 101: 50, 104: 10 });
    expect(told(minutes, at(5.5), count(0, 0, 0), 3)).toEqual([
      `0.25: 0, 0`,
      "1: 0, 0",
      "2: 0, 50",
      "3: 0, 50",
      "4: 0, 50",
      "5: 0, 60",
      "5.5: 0, 63",
    ]);
  });

  it("leaves the minutes to the last sample that some agent may not have noted yet", () => {
    const minutes = kept({ 101: 0, 102: 4, 103: 7 }, { 101: 50, 102: 30 });
    expect(told(minutes, at(3.125), count(9, 0, 0), 40, at(2.6)).slice(-2)).toEqual(["2: 4, 50", "3.125: 9, 120"]);
  });

  it("of seven days has 240 at most, evenly, with the first and the last, and loses no bytes", () => {
    const days = 7 * 24 * 60;
    const minutes = kept({}, Object.fromEntries(Array.from({ length: days }, (_, n) => [101 + n, 10])));
    const samples = samplesOf(minutes, { from: FROM, to: at(days), settled: at(days) }, count(0, 0, 0), 0);
    expect(samples.length).toBeLessThanOrEqual(MAX_SAMPLES);
    expect(samples.length).toBeGreaterThan(MAX_SAMPLES * 0.9);
    expect([samples[0]?.at, samples.at(-1)?.at]).toEqual([FROM, at(days)]);
    expect(samples.at(-1)?.received).toBe(days * 10);
    const inner = samples.slice(1, -1);
    const steps = new Set(inner.slice(1).map((it, n) => it.at - (inner[n]?.at ?? 0)));
    expect([...steps]).toEqual([43 * MINUTE]);
    for (const { at: when, received } of inner) expect(received).toBe((minuteOf(when) - 101) * 10);
  });

  it("asked a minute later, tells the same moments again", () => {
    const long = (to: number) =>
      samplesOf(kept({}), { from: FROM, to: at(to), settled: at(to) }, count(0, 0, 0), 0).map((it) => it.at);
    expect(long(1_001.5).slice(0, -1)).toEqual(long(1_000.5).slice(0, -1));
  });

  it.each([0.34, 0.4, 0.9])("of one that is %f of a minute old has its beginning and now", (age) => {
    expect(told(kept({}), at(age), count(0, 0, 0))).toHaveLength(2);
  });

  it("has nothing before the first minute in which something was counted", () => {
    expect(told(kept({ 104: 6 }), at(5.5)).map((it) => it.split(",")[0])).toEqual([
      `0.25: 0`,
      "1: 0",
      "2: 0",
      "3: 0",
      "4: 6",
      "5: 9",
      "5.5: 9",
    ]);
  });

  it("has received at least what good results have, whatever agents said", () => {
    const minutes = { began: new Map([[102, count(1, 80, 0)]]), received: new Map([[101, 50]]) };
    const samples = samplesOf(minutes, { from: FROM, to: at(2.5), settled: at(2.5) }, count(2, 500, 0), 0);
    expect(samples.map(({ received }) => received)).toEqual([0, 0, 80, 500]);
  });

  it("never ends before it begins, whatever the clocks say", () => {
    const samples = samplesOf(kept({}), { from: FROM, to: FROM - 5_000, settled: FROM - 5_000 }, count(0, 0, 0), 0);
    expect(samples.map((it) => it.at)).toEqual([FROM, FROM]);
  });
});
