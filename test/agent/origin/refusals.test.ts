// An origin that refuses, in virtual time: each process finds out by itself how much it takes.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OriginWorld } from "./origin-world.ts";

const START = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an origin that refuses above 30 requests a second: below 5 % refusals after ten seconds, and it is used", () => {
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
