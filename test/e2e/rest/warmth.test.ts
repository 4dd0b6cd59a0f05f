// The hard edge of the lab: what agents claim is true, and each failure says why. It starts a stack of its own.
import { isGood, reportText, runScenario } from "../../../tools/lab/run.ts";
import { deception } from "../../../tools/lab/scenarios/warmth.ts";

it("nothing is called warm that is not, and nothing a hit that is kept nowhere", async () => {
  const report = await runScenario({ scenario: deception, seed: 7, scale: 1 }, () => undefined);
  expect(isGood(report), reportText(report)).toBe(true);
});
