// The permit store in DynamoDB and the one in memory: the same contract. DynamoDB is the one of test/pipeline, behind the real client.
import { PermitTable } from "../../aws/permit-table.ts";
import { MemoryPermitStore, type PermitStore } from "../../domain/origin/permit-store.ts";
import { memoryDb } from "./memory-db.ts";

const storesOf =
  (memory = memoryDb()) =>
  (owner: string) =>
    new PermitTable(memory.db, "progress", owner);

describe.each<[string, () => PermitStore]>([
  ["DynamoDB", () => storesOf()("i#a")],
  ["memory", () => new MemoryPermitStore()],
])("the TAT and the rate of a host in %s", (_, make) => {
  it("reserves after an idle period, adds while it is ahead, and refuses beyond the horizon with the TAT that stands", async () => {
    const store = make();
    const absent = await store.updateTat("r1", { kind: "add", by: 1, atLeast: 0, below: 9 });
    expect([absent, await store.tat("r1")]).toEqual([{ done: false, tat: undefined }, undefined]);
    expect(await store.updateTat("r1", { kind: "set", to: 1_500.25, below: 1_000 })).toEqual({
      done: true,
      tat: 1_500.25,
    });
    expect(await store.updateTat("r1", { kind: "set", to: 3_000, below: 1_500.25 })).toEqual({
      done: false,
      tat: 1_500.25,
    });
    const add = { kind: "add", by: 22.223, atLeast: 1_400, below: 2_000 } as const;
    expect(await store.updateTat("r1", add)).toEqual({ done: true, tat: 1_522.473 });
    expect(await store.updateTat("r1", { ...add, below: 1_522.473 })).toEqual({ done: false, tat: 1_522.473 });
    expect(await store.updateTat("r1", { ...add, atLeast: 1_523 })).toEqual({ done: false, tat: 1_522.473 });
    expect(await store.tat("r1")).toBe(1_522.473);
    expect(await store.tat("r2")).toBeUndefined();
  });

  it("replaces the rate of a host only if it is the one that was read", async () => {
    const store = make();
    const first = { rate: 21, cutAt: 1_000, notBefore: 1_000 };
    const second = { rate: 14.7, cutAt: 4_000, notBefore: 6_000 };
    expect(await store.hostRate("h")).toBeUndefined();
    expect(await store.cutHostRate("h", undefined, first)).toEqual(first);
    expect(await store.cutHostRate("h", undefined, second)).toEqual(first);
    expect(await store.cutHostRate("h", { ...first, rate: 20 }, second)).toEqual(first);
    expect(await store.cutHostRate("h", first, second)).toEqual(second);
    expect(await store.hostRate("h")).toEqual(second);
  });
});

/** Processes that share the permits of a request, four at most, and the times of their heartbeats. */
function leases(heartbeats: Readonly<Record<string, number>> = {}) {
  const memory = memoryDb();
  const storeOf = storesOf(memory);
  const heartbeat = (owner: string, at: number) =>
    memory.db.update({
      TableName: "progress",
      Key: { key: "beat#r1", part: owner },
      UpdateExpression: "SET #at = :at",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":at": at },
    });
  for (const [owner, at] of Object.entries(heartbeats)) void heartbeat(owner, at);
  return {
    heartbeat,
    exchange: (owner: string, from: number, to: number) => storeOf(owner).exchange("r1", { from, to, limit: 4 }),
    permits: (owner: string) => storeOf(owner).permits("r1"),
    reclaim: (owner: string, now: number, searchedAt: number, expiredBefore: number) =>
      storeOf(owner).reclaim("r1", { now, searchedAt, expiredBefore }),
  };
}

it("leases in DynamoDB keep the sum of all permits within the limit", async () => {
  const { exchange, permits } = leases({ a: 1, b: 1 });
  expect([await exchange("a", 0, 3), await exchange("b", 0, 2)]).toEqual([true, false]);
  expect(await permits("b")).toMatchObject({ held: 3, own: 0 });
  expect([await exchange("b", 0, 1), await exchange("a", 3, 0)]).toEqual([true, true]);
  expect(await permits("b")).toMatchObject({ held: 1, own: 1 });
});

it("leases in DynamoDB require a heartbeat, and the number of permits that the process knows of", async () => {
  const { exchange, permits, heartbeat } = leases();
  expect(await exchange("a", 0, 1)).toBe(false);
  await heartbeat("a", 1);
  expect([await exchange("a", 0, 1), await exchange("a", 0, 2), await exchange("a", 1, 2)]).toEqual([
    true,
    false,
    true,
  ]);
  await heartbeat("a", 2);
  expect(await permits("a")).toMatchObject({ held: 2, own: 2 });
});

it("leases in DynamoDB are reclaimed once, after the last heartbeat, and not if the process has sent another one", async () => {
  const { exchange, permits, reclaim, heartbeat } = leases({ a: 1_000, b: 60_000 });
  await exchange("a", 0, 3);
  expect(await reclaim("b", 70_000, 0, 1_000)).toBe(0);
  await heartbeat("a", 2_000);
  expect(await reclaim("b", 80_000, 70_000, 1_001)).toBe(0);
  expect(await permits("b")).toMatchObject({ held: 3, own: 0 });
  expect([await reclaim("b", 90_000, 80_000, 2_001), await reclaim("b", 99_000, 90_000, 2_001)]).toEqual([3, 0]);
  expect(await permits("a")).toMatchObject({ held: 0, own: 0 });
});

it("leases in DynamoDB are searched for by one process at a time", async () => {
  const { exchange, permits, reclaim } = leases({ a: 1_000 });
  await exchange("a", 0, 3);
  expect([await reclaim("a", 5_000, 0, 0), await reclaim("b", 5_001, 0, 2_000)]).toEqual([0, 0]);
  expect(await permits("b")).toEqual({ held: 3, own: 0, searchedAt: 5_000 });
});
