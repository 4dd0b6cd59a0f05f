// The world of the lab without a stack: the built command warms at the stand-in edge.
import { allTasksEndWell, nothingLeft, reportedPops } from "../../../tools/lab/check/tasks.ts";
import { inOrder, rowOf, type Scenario } from "../../../tools/lab/engine/scenario.ts";
import { fleetIsGone } from "../../../tools/lab/load/fleet.ts";
import { ended, request, start, stop, until } from "../../../tools/lab/load/requests.ts";
import { isGood, reportText, runScenario } from "../../../tools/lab/run.ts";
import { filesOf } from "../../../tools/lab/world/world.ts";
import { firstPops } from "../../../tools/local/world.ts";

const slow = { name: "slow", files: filesOf("slow", 2, 50_000), bytesPerSecond: 100 };
const scenario: Scenario = {
  name: "made-up",
  description: "One request is warmed, and another one stopped.",
  parts: () => ({
    world: { engine: "direct", edge: { pops: firstPops(3) } },
    load: [
      inOrder(request({ name: "good", files: filesOf("good", 4, 1_000) }), fleetIsGone),
      start(slow),
      until("slow", ({ progress }) => progress.in_progress_task_count > 0),
      stop("slow"),
      ended("slow"),
    ],
    checks: [
      ...allTasksEndWell("good"),
      reportedPops("good", 0),
      ({ requests }) => rowOf("slow", [["status", requests.get("slow")?.progress.status ?? "", "=", "STOPPED"]]),
      nothingLeft,
    ],
  }),
};

it("warms, is stopped, and leaves no process", { timeout: 120_000 }, async () => {
  const report = await runScenario({ scenario, seed: 7, scale: 1 }, () => undefined);
  expect(isGood(report), reportText(report)).toBe(true);
});
