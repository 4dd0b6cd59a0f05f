// A whole deployed stack in the fault lab: agents are killed and AWS calls fail while a request runs. It starts a stack of its own.
import { isGood, reportText, runScenario } from "../../../tools/lab/run.ts";
import { faults } from "../../../tools/lab/scenarios/faults.ts";

it("nothing is lost and nothing counted twice, with everything going wrong at once", async () => {
  const report = await runScenario({ scenario: faults, seed: 7, scale: 0.24 }, () => undefined);
  expect(isGood(report), reportText(report)).toBe(true);
});
