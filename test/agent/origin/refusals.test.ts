// An origin that refuses, in virtual time: each process finds out by itself how much it takes.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installVirtualClock, type VirtualClock } from "../../virtual-clock.ts";
import { OriginWorld, type WorldOptions } from "./origin-world.ts";

const START = 1_700_000_000_000;

/** Mulberry32: the same numbers each time, so that a run that failed can be looked at. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let clock: VirtualClock;
beforeEach(() => {
  clock = installVirtualClock({ now: START });
  vi.spyOn(Math, "random").mockImplementation(seeded(1));
});
afterEach(() => {
  vi.restoreAllMocks();
  clock.uninstall();
});

describe("an origin that refuses above 30 requests a second: below 5% refusals after ten seconds, and it is used", () => {
  test.each([
    [1, undefined, 50],
    [4, undefined, 50],
    [12, undefined, 50],
    [4, "2", 300],
  ])(
    "%i processes, Retry-After %s, an answer after %i ms",
    async (processes, retryAfter, answerMs) => {
      const world = new OriginWorld({
        ...{ breaksAbove: 30, answerMs, tasks: 2_000 },
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
      for (let n = 0; n < processes; n++) world.start(`p${n}`);
      await world.run(50);
      world.end();
      const later = world.log.filter(({ at }) => at >= START + 10_000);
      const refused = later.filter((it) => it.refused).length;
      expect(refused / later.length).toBeLessThan(0.05);
      expect((later.length - refused) / 40).toBeGreaterThan(15);
    },
    60_000,
  );
});

/** How long it takes until 99% of what is not always refused is done, in seconds; at most 150. */
async function secondsFor(processes: number, options: WorldOptions): Promise<number> {
  const world = new OriginWorld(options);
  for (let n = 0; n < processes; n++) world.start(`p${n}`);
  const wanted = 0.99 * (1 - (options.badShare ?? 0)) * options.tasks;
  let seconds = 0;
  while (world.done < wanted && seconds < 150) {
    await world.run(1);
    seconds++;
  }
  world.end();
  return seconds;
}

describe("a few URLs that are always refused do not slow the others down", () => {
  // Without them it takes about 40 seconds. At the beginning nobody knows the origin, which may cost some more.
  test.each([
    [1, 0.005, undefined, 1.25],
    [4, 0.005, "900", 1.25],
    // Whoever meets several of them before anything good is careful for a while: with some seeds it takes this long.
    [1, 0.02, "900", 4],
    [4, 0.02, undefined, 4],
  ])(
    "%i processes, a share of %d, Retry-After %s: at most %d times as long",
    async (processes, badShare, retryAfter, times) => {
      const options = { tasks: processes * 3_200, messages: 2 };
      const without = await secondsFor(processes, options);
      const more = retryAfter === undefined ? {} : { retryAfter };
      const seconds = await secondsFor(processes, { ...options, badShare, ...more });
      expect(seconds).toBeLessThanOrEqual(without * times + 12);
    },
    60_000,
  );
});

test.each([undefined, "900"])("an origin that is down is asked little, Retry-After %s", async (retryAfter) => {
  const more = retryAfter === undefined ? {} : { retryAfter };
  const world = new OriginWorld({ tasks: 4_000, breaksAbove: 0, ...more });
  for (let n = 0; n < 4; n++) world.start(`p${n}`);
  await world.run(60);
  world.end();
  // After the first burst of each, which was on its way: about one a second.
  expect(world.log.filter(({ at }) => at >= START + 2_000).length).toBeLessThan(250);
});
