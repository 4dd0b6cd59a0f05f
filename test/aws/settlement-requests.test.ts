import type { LambdaClient } from "@aws-sdk/client-lambda";
import { AsyncFunction, requestEventSchema } from "../../aws/async-function.ts";
import { SettlementRequests } from "../../aws/settlement-requests.ts";
import { FakeAsyncFunction } from "../lambdas/fakes/services.ts";
import { fakeClient } from "./client.ts";
import { memoryDb } from "./memory-db.ts";

function world() {
  const { db, items } = memoryDb();
  const shutdown = new FakeAsyncFunction();
  const broken = { invoke: () => Promise.reject(new Error("Lambda is away")) };
  const queueOf = (fn: ConstructorParameters<typeof SettlementRequests>[2]) =>
    new SettlementRequests(db, "progress", fn);
  return { items: () => items("progress"), shutdown, queue: queueOf(shutdown), broken: queueOf(broken) };
}

beforeEach(() => void vi.useFakeTimers({ now: 5_000_000, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

it("invokes Shutdown once, until the check is done", async () => {
  const { items, queue, shutdown } = world();
  expect(await queue.requestSettlement("r1", "one")).toBe(true);
  expect(items()).toEqual([{ key: "ask#r1", part: "look", at: 5_000_000, by: "one", expire_at: 6_200 }]);
  expect(await queue.requestSettlement("r1", "another")).toBe(false);
  expect(await queue.requestSettlement("r1")).toBe(false);
  await queue.requestSettlement("r2", "another");
  expect(shutdown.requests).toEqual(["r1", "r2"]);
  await queue.clear("r1");
  expect(items()).toHaveLength(1);
  await queue.requestSettlement("r1", "another");
  expect(shutdown.requests).toEqual(["r1", "r2", "r1"]);
});

it("lets others request one when Shutdown cannot be invoked", async () => {
  const { queue, broken, shutdown } = world();
  await expect(broken.requestSettlement("r1", "one")).rejects.toThrow("Lambda is away");
  expect(await queue.requestSettlement("r1", "another")).toBe(true);
  expect(shutdown.requests).toEqual(["r1"]);
});

it.each([
  [1_199_999, false],
  [1_200_001, true],
  [-1, true],
])("lets another request it %i ms later: %s. One from the future is void", async (ms, expected) => {
  const { queue } = world();
  await queue.requestSettlement("r1", "one");
  vi.setSystemTime(5_000_000 + ms);
  expect(await queue.requestSettlement("r1", "another")).toBe(expected);
});

it("a function is invoked asynchronously, with the request's id", async () => {
  const { client, sent } = fakeClient<LambdaClient>(() => ({ StatusCode: 202 }));
  await new AsyncFunction(client, "arn:shutdown").invoke("r1");
  const input = { FunctionName: "arn:shutdown", InvocationType: "Event" };
  expect(sent).toMatchObject([{ name: "InvokeCommand", input }]);
  expect(requestEventSchema.parse(JSON.parse(sent[0]?.input.Payload))).toEqual({ req_id: "r1" });
});
