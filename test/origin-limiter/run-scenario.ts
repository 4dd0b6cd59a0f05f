import { expect, test, vi } from "vitest";
import { installVirtualClock } from "../virtual-clock.ts";
import { seeded } from "./lab.ts";
import type { Scenario } from "./scenarios.ts";

const START = 1_700_000_000_000;

/** A test for each scenario, which prints its figures. */
export function testScenarios(scenarios: readonly Scenario[], seed: number, timeoutMs: number): void {
  test.each(scenarios)(
    `$name, seed ${seed}`,
    async ({ name, run }) => {
      const clock = installVirtualClock({ now: START });
      vi.spyOn(Math, "random").mockImplementation(seeded(seed));
      try {
        const { figures, violations } = await run(seed);
        const text = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
        console.log(`@ ${violations.length === 0 ? "met" : "VIOLATED"} | ${name} | ${seed} | ${text.join(", ")}`);
        expect(violations).toEqual([]);
      } finally {
        vi.restoreAllMocks();
        clock.uninstall();
      }
    },
    timeoutMs,
  );
}
