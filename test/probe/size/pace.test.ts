import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pace } from "../../../probe/size/pace.ts";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";

// Virtual time knows the global timers alone.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, value: unknown, { signal }: { readonly signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      setTimeout(resolve, ms, value);
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
}));

const START = 1_700_000_000_000;
const forever = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks without end, so many at once, for so many seconds. `status`: of each answer, by how many were served in its second. */
async function ask(pace: Pace, seconds: number, status: (served: number) => number = () => 200, retryAfter?: string) {
  const log: { at: number; status: number }[] = [];
  const closing = new AbortController();
  const one = async () => {
    for (;;) {
      await pace.turn(closing.signal);
      const at = Date.now();
      const served = log.filter((it) => it.at > at - 1_000 && it.status === 200).length;
      const answer = status(served);
      log.push({ at, status: answer });
      await new Promise((resolve) => setTimeout(resolve, 20));
      pace.saw(answer, retryAfter, at);
    }
  };
  const all = Array.from({ length: pace.inParallel }, () => one().catch(() => undefined));
  for (let i = 0; i < seconds; i++) await vi.advanceTimersByTimeAsync(1_000);
  closing.abort();
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(all);
  return log;
}

test.each([
  [undefined, 64],
  [{ requests_per_second: 5 }, 64],
  [{ concurrency: 3 }, 3],
  [{ concurrency: 500 }, 64],
])("limits %j: %i questions at once", (limits, most) => {
  expect(new Pace(limits).inParallel).toBe(most);
});

test.each([1, 7, 50])(
  "a limit of %i questions a second: no second is above it, and most of it is used",
  async (limit) => {
    const log = await ask(new Pace({ requests_per_second: limit }), 20);
    expect(busiestSecond(log)).toBeLessThanOrEqual(limit);
    expect(log.length / 20).toBeGreaterThanOrEqual(0.85 * limit);
  },
);

describe("an origin that refuses above 30 a second", () => {
  test.each([
    [503, undefined],
    [429, "1"],
  ])("with %i, Retry-After %s: soon it refuses little", async (status, retryAfter) => {
    const log = await ask(new Pace(), 60, (served) => (served >= 30 ? status : 200), retryAfter);
    const later = log.filter(({ at }) => at >= START + 10_000);
    expect(later.filter((it) => it.status !== 200).length / later.length).toBeLessThan(0.05);
    expect(later.length / 50).toBeGreaterThan(18);
  });

  test("and then wants to be left alone: nothing is asked before", async () => {
    const pace = new Pace();
    // The first one is believed for three seconds, the second one for as long as it says.
    pace.saw(503, "30", Date.now() - 3_100);
    await vi.advanceTimersByTimeAsync(3_100);
    pace.saw(503, "30", Date.now());
    await vi.advanceTimersByTimeAsync(1);
    const log = await ask(pace, 40);
    expect((log[0]?.at ?? 0) - START).toBeGreaterThanOrEqual(33_000);
  });
});

test.each([
  [200, undefined, undefined],
  [404, undefined, undefined],
  [500, undefined, undefined],
  [503, undefined, 11_000],
  [504, "3", 11_000],
  [429, "60", 60_000],
])("after %i, Retry-After %s, the same question waits for %s ms", (status, retryAfter, ms) => {
  expect(new Pace().saw(status, retryAfter, START)).toBe(ms);
});

test("nobody waits any more once it is over", async () => {
  const pace = new Pace({ requests_per_second: 0.1 });
  await vi.advanceTimersByTimeAsync(60_000);
  const over = new AbortController();
  await Promise.race([pace.turn(forever), vi.advanceTimersByTimeAsync(20_000)]);
  const waits = expect(pace.turn(over.signal)).rejects.toThrow();
  over.abort();
  await vi.advanceTimersByTimeAsync(20_000);
  await waits;
});
