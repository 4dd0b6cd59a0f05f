// The permit store in DynamoDB and the one in memory: the same contract. DynamoDB is the one of test/pipeline, behind the real client.
import { describe, expect, it } from "vitest";
import { PermitTable } from "../../aws/permit-table.ts";
import { MemoryPermitStore, type PermitStore } from "../../domain/origin/permit-store.ts";
import { memoryDb } from "./memory-db.ts";

/** Tables of several processes, and what writes their heartbeats. */
function tables() {
  const { db } = memoryDb();
  const heartbeat = (owner: string, at: number) =>
    db.update({
      TableName: "progress",
      Key: { key: "beat#r1", part: owner },
      UpdateExpression: "SET #at = :at",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":at": at },
    });
  return { storeOf: (owner: string) => new PermitTable(db, "progress", owner), heartbeat };
}

describe.each<[string, () => PermitStore]>([
  ["DynamoDB", () => tables().storeOf("i#a")],
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

describe("leases in DynamoDB", () => {
  it("keep the sum of all permits within the limit", async () => {
    const { storeOf, heartbeat } = tables();
    const [a, b] = [storeOf("i#a"), storeOf("i#b")];
    await Promise.all([heartbeat("i#a", 1), heartbeat("i#b", 1)]);
    expect(await a.exchange("r1", { from: 0, to: 3, limit: 4 })).toBe(true);
    expect(await b.exchange("r1", { from: 0, to: 2, limit: 4 })).toBe(false);
    expect(await b.permits("r1")).toMatchObject({ held: 3, own: 0 });
    expect(await b.exchange("r1", { from: 0, to: 1, limit: 4 })).toBe(true);
    expect(await a.exchange("r1", { from: 3, to: 0, limit: 4 })).toBe(true);
    expect(await b.permits("r1")).toMatchObject({ held: 1, own: 1 });
  });

  it("require a heartbeat, and the number of permits that the process knows of", async () => {
    const { storeOf, heartbeat } = tables();
    const a = storeOf("i#a");
    expect(await a.exchange("r1", { from: 0, to: 1, limit: 4 })).toBe(false);
    await heartbeat("i#a", 1);
    expect(await a.exchange("r1", { from: 0, to: 1, limit: 4 })).toBe(true);
    expect(await a.exchange("r1", { from: 0, to: 2, limit: 4 })).toBe(false);
    expect(await a.exchange("r1", { from: 1, to: 2, limit: 4 })).toBe(true);
    await heartbeat("i#a", 2);
    expect(await a.permits("r1")).toMatchObject({ held: 2, own: 2 });
  });

  it("are reclaimed once, after the last heartbeat, and not if the process has sent another one", async () => {
    const { storeOf, heartbeat } = tables();
    const [a, b] = [storeOf("i#a"), storeOf("i#b")];
    await Promise.all([heartbeat("i#a", 1_000), heartbeat("i#b", 60_000)]);
    await a.exchange("r1", { from: 0, to: 3, limit: 4 });
    expect(await b.reclaim("r1", { now: 70_000, searchedAt: 0, expiredBefore: 1_000 })).toBe(0);
    await heartbeat("i#a", 2_000);
    expect(await b.reclaim("r1", { now: 80_000, searchedAt: 70_000, expiredBefore: 1_001 })).toBe(0);
    expect(await b.permits("r1")).toMatchObject({ held: 3, own: 0 });
    expect(await b.reclaim("r1", { now: 90_000, searchedAt: 80_000, expiredBefore: 2_001 })).toBe(3);
    expect(await b.reclaim("r1", { now: 99_000, searchedAt: 90_000, expiredBefore: 2_001 })).toBe(0);
    expect(await a.permits("r1")).toMatchObject({ held: 0, own: 0 });
  });

  it("are searched for by one process at a time", async () => {
    const { storeOf, heartbeat } = tables();
    const [a, b] = [storeOf("i#a"), storeOf("i#b")];
    await heartbeat("i#a", 1_000);
    await a.exchange("r1", { from: 0, to: 3, limit: 4 });
    const search = { searchedAt: 0, expiredBefore: 2_000 };
    expect(await a.reclaim("r1", { ...search, now: 5_000, expiredBefore: 0 })).toBe(0);
    expect(await b.reclaim("r1", { ...search, now: 5_001 })).toBe(0);
    expect(await b.permits("r1")).toEqual({ held: 3, own: 0, searchedAt: 5_000 });
  });
});
