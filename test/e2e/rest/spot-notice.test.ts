// A Spot notice of the metadata service, which an agent asks over HTTP. The pipeline in one process has no metadata service.
import { deployedStack } from "../deployed-stack.ts";

describe("a Spot notice", () => {
  const running = deployedStack();

  it("makes the agent end before its instance does", async () => {
    const stack = running();
    await stack.untilAgents(0);
    await stack.post("instances", { DesiredCapacity: 1 });
    await expect.poll(() => stack.prewarm.fleet.pids().length, { timeout: 90_000 }).toBe(1);
    stack.metadata.spotAction = "terminate";
    await expect.poll(() => stack.prewarm.fleet.pids().length, { timeout: 90_000 }).toBe(0);
    stack.metadata.spotAction = undefined;
    await stack.post("instances", { DesiredCapacity: 0 });
    await stack.untilAgents(0);
  });
});
