import { describe, expect, it } from "vitest";
import { fitFleet, raiseFleet } from "../../lambdas/runtime.ts";
import type { TaskDeps } from "../../lambdas/task/deps.ts";
import { fakeDeps } from "../../tools/local/fake-deps.ts";
import { FakeFleet } from "./fakes/fleet.ts";
import { FakeRequests } from "./fakes/requests.ts";
import { request } from "./items.ts";

const wishing = (...counts: number[]) =>
  counts.map((instance_count, i) => request({ req_id: `r${i}`, instance_count }));

describe("the fleet", () => {
  it.each([
    ["follows down", [2, 3], 9, 3],
    ["follows up", [2, 3], 1, 3],
    ["follows to nothing", [], 9, 0],
    ["stays", [2], 2, 2],
  ])("%s", async (_, counts, before, after) => {
    const fleet = new FakeFleet(before);
    await fitFleet(fakeDeps<TaskDeps>({ requests: new FakeRequests(...wishing(...counts)), fleet }));
    expect(fleet.capacity).toBe(after);
  });

  it("reads the need again: a request that came meanwhile keeps its instances", async () => {
    const requests = new FakeRequests();
    const fleet = new FakeFleet(5);
    const setDesiredCapacity = fleet.setDesiredCapacity.bind(fleet);
    fleet.setDesiredCapacity = async (capacity) => {
      await requests.put(request({ instance_count: 5 }));
      await setDesiredCapacity(capacity);
    };
    await fitFleet(fakeDeps<TaskDeps>({ requests, fleet }));
    expect(fleet.capacity).toBe(5);
  });

  it.each([
    [[1], 0, 1],
    [[2], 1, 2],
    [[2], 9, 9],
    [[], 9, 9],
    [[0], 1, 1],
  ])("is raised to what %j wish for, from %i: %i", async (counts, before, after) => {
    const fleet = new FakeFleet(before);
    await raiseFleet(fakeDeps<TaskDeps>({ requests: new FakeRequests(...wishing(...counts)), fleet }));
    expect(fleet.capacity).toBe(after);
  });
});
