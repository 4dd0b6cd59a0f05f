import { describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { fitFleet, forEachKey, raiseFleet } from "../../lambdas/runtime.ts";
import { fakeStores } from "./fakes/stores.ts";
import { keysEvent, request } from "./items.ts";
import { noteCalls } from "./noted-calls.ts";

describe("the fleet", () => {
  /** Active requests that wish for these instances, and a group of another size. */
  function world(wishes: readonly number[], capacity: number) {
    const { requests, fleet } = fakeStores(
      ...wishes.map((instance_count, i) => request({ req_id: `r${i}`, instance_count })),
    );
    fleet.capacity = capacity;
    return { requests, fleet, ...noteCalls<Parameters<typeof fitFleet>[0]>({ requests, fleet }) };
  }

  it.each([
    ["follows down", [2, 3], 9, 3],
    ["follows up", [2, 3], 1, 3],
    ["follows to nothing", [], 9, 0],
    ["stays", [2], 2, 2],
  ])("%s", async (_, wishes, before, after) => {
    const { deps, fleet } = world(wishes, before);
    await fitFleet(deps);
    expect(fleet.capacity).toBe(after);
  });

  it("reads the need again: a request that came meanwhile keeps its instances", async () => {
    const { deps, before, requests, fleet } = world([], 5);
    before["fleet.setDesiredCapacity"] = () => requests.set(request({ instance_count: 5 }));
    await fitFleet(deps);
    expect(fleet.capacity).toBe(5);
  });

  it.each([
    [[2], 1, 2],
    [[2], 9, 9],
    [[], 9, 9],
  ])("is raised to what %j wish for, from %i: %i", async (wishes, before, after) => {
    const { deps, fleet } = world(wishes, before);
    await raiseFleet(deps);
    expect(fleet.capacity).toBe(after);
  });
});

describe("a batch of a stream", () => {
  async function keysOf(event: unknown) {
    const keys: unknown[] = [];
    await forEachKey(event, async (key) => void keys.push(key));
    return keys;
  }

  it("gives its keys, each once, in order, and none of an item that is removed", async () => {
    const [one, two] = [{ req_id: "r1", target: "SIN2-P1#d1" }, { req_id: "r2" }];
    const { Records } = keysEvent(two, one, two, { req_id: "r1" }, { req_id: "r3" });
    const last = { ...Records.at(-1), eventName: "REMOVE" };
    const events = [...Records.slice(0, -1).map((it) => ({ ...it, eventName: "INSERT" })), last];
    expect(await keysOf({ Records: events })).toEqual([two, one, { req_id: "r1" }]);
  });

  it("has a step run for each of them, whatever becomes of another", async () => {
    const event = keysEvent({ req_id: "r1" }, { req_id: "bad" }, { req_id: "r2" });
    const run: string[] = [];
    const step = (...bad: string[]) =>
      forEachKey(event, async ({ req_id = "" }) => {
        run.push(req_id);
        if (bad.includes(req_id)) throw new Error(`${req_id} is spoilt`);
      });
    await expect(step("bad")).rejects.toThrow("bad is spoilt");
    expect(run).toEqual(["r1", "bad", "r2"]);
    await expect(step("bad", "r2")).rejects.toThrow("2 records of a batch failed");
    await step();
  });

  it.each([{}, { Records: [{}] }, { Records: [{ dynamodb: { Keys: { req_id: { N: "1" } } } }] }])(
    "is not %j",
    async (event) => {
      await expect(keysOf(event)).rejects.toThrow(ZodError);
    },
  );
});
