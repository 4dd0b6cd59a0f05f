// Processes that share the limits of one request, in virtual time: turns, seats, and what goes back to the queue.
import { beforeEach, describe, expect, test } from "vitest";
import type { OriginLimits } from "../../../domain/request/origin-limits.ts";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";
import { installVirtualClock } from "../../virtual-clock.ts";
import { OriginWorld } from "./origin-world.ts";

const START = 1_700_000_000_000;

beforeEach(() => {
  const clock = installVirtualClock({ now: START });
  return () => clock.uninstall();
});

/** Requests a second between two moments, in seconds. */
function perSecond({ log }: OriginWorld, from: number, to: number): number {
  return log.filter(({ at }) => at >= START + from * 1_000 && at < START + to * 1_000).length / (to - from);
}

describe("a limit of 20 requests a second", () => {
  test("three processes; one dies, one comes, one is stopped: no second above it, and most of it is used", async () => {
    const world = new OriginWorld({ limits: { requests_per_second: 20 }, tasks: 9_000 });
    for (const name of ["a", "b", "c"]) world.start(name);
    // As long as nobody knows who shares the limit, nothing is asked.
    await world.run(10);
    expect(world.log).toEqual([]);
    await world.run(110);
    world.kill("b");
    await world.run(120);
    world.start("d");
    await world.run(120);
    world.stop("c");
    await world.run(120);
    world.end();
    expect(busiestSecond(world.log)).toBeLessThanOrEqual(20);
    const usual = 0.8 * 20;
    expect(perSecond(world, 60, 120)).toBeGreaterThan(usual);
    // The dead one's turns are nobody's, until its beat is stale.
    expect(perSecond(world, 120, 180)).toBeCloseTo(12, 0);
    expect(perSecond(world, 210, 240)).toBeGreaterThan(usual);
    expect(perSecond(world, 300, 360)).toBeGreaterThan(usual);
    // A process that stops says so.
    expect(perSecond(world, 410, 480)).toBeGreaterThan(usual);
    // A message is received a few times, not over and over.
    expect(world.receptions).toBeLessThan(20 * (9_000 / 20));
  }, 60_000);

  test("what is left at the end does not wait long", async () => {
    const world = new OriginWorld({ limits: { requests_per_second: 20 }, tasks: 600 });
    for (const name of ["a", "b", "c", "d"]) world.start(name);
    // All of it needs 33 seconds, after 13 in which nobody knows who shares the limit.
    await world.run(100);
    world.end();
    expect(world.done).toBe(600);
    expect(busiestSecond(world.log)).toBeLessThanOrEqual(20);
  });
});

describe("more processes than a limit has room for: most pass on what they receive, and what is left comes to its end", () => {
  test.each<[string, OriginLimits, number, number]>([
    ["4 at once", { concurrency: 4 }, 40, 100],
    ["1 at once", { concurrency: 1 }, 20, 40],
    ["5 a second", { requests_per_second: 5 }, 40, 60],
  ])(
    "%s",
    async (_, limits, processes, tasks) => {
      const world = new OriginWorld({ limits, answerMs: 200, tasks });
      for (let n = 0; n < processes; n++) world.start(`p${n}`);
      await world.run(90);
      world.end();
      expect(world.done).toBe(tasks);
      expect(world.mostUnderWay).toBeLessThanOrEqual(limits.concurrency ?? 5);
      expect(busiestSecond(world.log)).toBeLessThanOrEqual(limits.requests_per_second ?? 20);
    },
    60_000,
  );
});

describe("a limit of requests at once", () => {
  test.each([
    ["more than there are processes", 10, 3, 600],
    ["fewer than there are processes", 2, 4, 200],
  ])("%s", async (_, concurrency, processes, tasks) => {
    const world = new OriginWorld({ limits: { concurrency }, answerMs: 200, tasks });
    for (let n = 0; n < processes; n++) world.start(`p${n}`);
    await world.run(60);
    world.start("late");
    await world.run(120);
    world.end();
    expect(world.mostUnderWay).toBeLessThanOrEqual(concurrency);
    expect(world.done).toBe(tasks);
  });
});
