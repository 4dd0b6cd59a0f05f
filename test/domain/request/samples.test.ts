import { MAX_SAMPLES, minuteOf, samplesOf } from "../../../domain/request/samples.ts";
import { type Count, NO_COUNT } from "../../../domain/result/count.ts";
import { times } from "../../collect.ts";
import { count } from "../../lambdas/items.ts";

const MINUTE = 60_000;
/** A request is made 15 s into minute 100. */
const FROM = 100 * MINUTE + 15_000;

const kept = (began: Record<number, number>, received: Record<number, number> = {}) => ({
  began: new Map(Object.entries(began).map(([minute, done]) => [100 + Number(minute), count(done, 0, 0)])),
  received: new Map(Object.entries(received).map(([minute, bytes]) => [100 + Number(minute), bytes])),
});
const at = (minute: number) => (100 + minute) * MINUTE;

interface Told {
  /** At the last sample. */
  readonly last?: Count;
  readonly unnoted?: number;
  readonly settled?: number;
}

const sampled = (
  minutes: ReturnType<typeof kept>,
  to: number,
  { last = count(9, 0, 0), unnoted = 0, settled = to }: Told = {},
) => samplesOf(minutes, { from: FROM, to: at(to), settled: at(settled) }, last, unnoted);

describe("samplesOf", () => {
  it.each<[string, ReturnType<typeof kept>, to: number, Told, string[]]>([
    [
      "begins with nothing, has one as each minute began, and ends with what is there now",
      kept({ 1: 0, 2: 4, 3: 7 }, { 1: 50, 2: 60 }),
      3.5,
      { unnoted: 5 },
      ["0.25: 0, 0", "1: 0, 0", "2: 4, 50", "3: 7, 110", "3.5: 9, 115"],
    ],
    [
      "fills in minutes without results: what the next one began with came before them",
      kept({ 1: 0, 3: 6 }),
      5.5,
      {},
      ["0.25: 0, 0", "1: 0, 0", "2: 6, 0", "3: 6, 0", "4: 9, 0", "5: 9, 0", "5.5: 9, 0"],
    ],
    [
      "counts bytes before there is any result, and none in minutes in which none came",
      kept({}, { 1: 50, 4: 10 }),
      5.5,
      { last: NO_COUNT, unnoted: 3 },
      ["0.25: 0, 0", "1: 0, 0", "2: 0, 50", "3: 0, 50", "4: 0, 50", "5: 0, 60", "5.5: 0, 63"],
    ],
    [
      "leaves the minutes to the last sample that some agent may not have noted yet",
      kept({ 1: 0, 2: 4, 3: 7 }, { 1: 50, 2: 30 }),
      3.125,
      { unnoted: 40, settled: 2.6 },
      ["0.25: 0, 0", "1: 0, 0", "2: 4, 50", "3.125: 9, 120"],
    ],
    [
      "has nothing before the first minute in which something was counted",
      kept({ 2: 6 }),
      3.5,
      {},
      ["0.25: 0, 0", "1: 0, 0", "2: 6, 0", "3: 9, 0", "3.5: 9, 0"],
    ],
  ])("%s", (_, minutes, to, options, samples) => {
    const shown = sampled(minutes, to, options).map(({ at, received, count: { download_count } }) => {
      return `${at / MINUTE - 100}: ${download_count}, ${received}`;
    });
    expect(shown).toEqual(samples);
  });

  it("of seven days has 240 at most, evenly, with the first and the last, and loses no bytes", () => {
    const days = 7 * 24 * 60;
    const minutes = kept({}, Object.fromEntries(times(days, (n) => [1 + n, 10])));
    const samples = sampled(minutes, days);
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
    const long = (to: number) => sampled(kept({}), to).map((it) => it.at);
    expect(long(1_001.5).slice(0, -1)).toEqual(long(1_000.5).slice(0, -1));
  });

  it.each([0.34, 0.4, 0.9])("of one that is %f of a minute old has its beginning and now", (age) =>
    expect(sampled(kept({}), age)).toHaveLength(2),
  );

  it("has received at least what good results have, whatever agents said", () => {
    const minutes = { began: new Map([[102, count(1, 80, 0)]]), received: new Map([[101, 50]]) };
    const samples = sampled(minutes, 2.5, { last: count(2, 500, 0) });
    expect(samples.map(({ received }) => received)).toEqual([0, 0, 80, 500]);
  });

  it("never ends before it begins, whatever the clocks say", () =>
    expect(sampled(kept({}), 0.125).map((it) => it.at)).toEqual([FROM, FROM]));
});
