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

it("a record of a stream gives its keys, and what fails of it fails the run", async () => {
  const key = { req_id: "r1", target: "SIN2-P1#d1" };
  expect(await keysOf(keysEvent(key))).toEqual([key]);
  const failing = forEachKey(keysEvent(key), () => Promise.reject(new Error("r1 is spoilt")));
  await expect(failing).rejects.toThrow("r1 is spoilt");
});

it.each([{}, { Records: [{}] }, { Records: [{ dynamodb: { Keys: { req_id: { N: "1" } } } }] }])(
  "a batch of a stream is not %j",
  async (event) => {
    await expect(keysOf(event)).rejects.toThrow(ZodError);
  },
);
