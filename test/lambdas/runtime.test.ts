import { ZodError } from "zod";
import { fitFleet, forEachKey } from "../../lambdas/runtime.ts";
import { fakeStores } from "./fakes/stores.ts";
import { keysEvent, request } from "./items.ts";
import { noteCalls } from "./noted-calls.ts";

it("the need for instances is read again: a request that came meanwhile keeps its instances", async () => {
  const { requests, fleet } = fakeStores();
  fleet.capacity = 5;
  const { deps, before } = noteCalls<Parameters<typeof fitFleet>[0]>({ requests, fleet });
  before["fleet.setDesiredCapacity"] = () => requests.set(request({ instance_count: 5 }));
  await fitFleet(deps);
  expect(fleet.capacity).toBe(5);
});

async function keysOf(event: unknown) {
  const keys: unknown[] = [];
  await forEachKey(event, async (key) => void keys.push(key));
  return keys;
}

it("a batch of a stream gives its keys, each once, in order, and none of an item that is removed", async () => {
  const [one, two] = [{ req_id: "r1", target: "SIN2-P1#d1" }, { req_id: "r2" }];
  const { Records } = keysEvent(two, one, two, { req_id: "r1" }, { req_id: "r3" });
  const last = { ...Records.at(-1), eventName: "REMOVE" };
  const events = [...Records.slice(0, -1).map((it) => ({ ...it, eventName: "INSERT" })), last];
  expect(await keysOf({ Records: events })).toEqual([two, one, { req_id: "r1" }]);
});

it("a batch of a stream has a step run for each of them, whatever becomes of another", async () => {
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
  "a batch of a stream is not %j",
  async (event) => {
    await expect(keysOf(event)).rejects.toThrow(ZodError);
  },
);
