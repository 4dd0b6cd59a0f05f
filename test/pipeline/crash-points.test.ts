import { expect, test } from "vitest";
import { crashPointsOf, runWithCrash } from "./crash-points.ts";
import { CRASH_SCENARIOS } from "./scenarios.ts";

test("crash", { timeout: 900_000 }, async () => {
  const bad: string[] = [];
  for (const scenario of CRASH_SCENARIOS) {
    const { points, outcomes } = await crashPointsOf(scenario);
    console.log(scenario.name, points.length);
    for (const point of points) {
      for (const injection of ["fail", "die"] as const) {
        const name = `${scenario.name} ${injection} ${point.role} ${point.call} #${point.occurrence}`;
        const t0 = process.cpuUsage();
        try {
          const got = await runWithCrash(scenario, point, injection);
          expect(got).toEqual(outcomes);
        } catch (error) {
          bad.push(`${name}: ${String(error instanceof Error ? error.message : error).slice(0, 500)}`);
          console.log("BAD", bad.at(-1));
        }
        const cpu = process.cpuUsage(t0);
        console.log(name, Math.round((cpu.user + cpu.system) / 1000));
      }
    }
  }
  expect(bad).toEqual([]);
});
