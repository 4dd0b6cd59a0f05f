// A whole deployed stack in the fault lab: agents are killed and AWS calls fail while a request runs. It starts a stack of its own.
import { expect, it } from "vitest";
import { runLab } from "../../../tools/faults/lab.ts";
import { short } from "../../../tools/faults/scenarios.ts";

it("nothing is lost and nothing counted twice, with everything going wrong at once", async () => {
  const report = await runLab({ ...short, seed: 7, say: () => undefined });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ tasks: 600, lost: 0, countedTwice: 0, stuck: 0 });
  // A lab in which nothing went wrong has shown nothing.
  expect(report.injected).toMatchObject({
    "agents killed": expect.toSatisfy((count: number) => count > 0),
    fail: expect.toSatisfy((count: number) => count > 0),
    "deliver-twice": expect.toSatisfy((count: number) => count > 0),
    "edge: status": expect.toSatisfy((count: number) => count > 0),
  });
});
