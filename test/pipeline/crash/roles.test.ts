// Whose calls the crash points try. That each role of a scenario makes calls with an effect is tested where the scenario runs.
import { readDeployment } from "../deployment.ts";
import { CRASH_SCENARIOS, NOT_TRIED } from "./crash-scenarios.ts";

test("the crash scenarios try the calls of each deployed function with effects, and of the agent", () => {
  const { functions } = readDeployment(process.env["PREWARM_PUBLISHED"] ?? "");
  const tried = new Set(CRASH_SCENARIOS.flatMap(({ roles }) => roles));
  expect([...tried, ...Object.keys(NOT_TRIED)].toSorted()).toEqual([...functions.keys(), "agent"].toSorted());
});
