import { expect, test } from "vitest";
import { batch, remembered } from "./remembered.ts";

function world(fails = () => false) {
  const written: [string, number][] = [];
  const moved = async (reqId: string, at: number) => {
    if (fails()) throw new Error("busy");
    written.push([reqId, at]);
  };
  const { requestOf } = remembered({ putLastResultTime: moved });
  return { written, note: (reqId: string, at: number) => requestOf(reqId).writeLastResultTime(batch({ reqId, at })) };
}

test("the first of a request is written, and then one every two seconds; one from before is not", async () => {
  const { written, note } = world();
  for (const at of [10_000, 11_999, 9_000, 12_000, 13_000]) await note("r1", at);
  expect(written).toEqual([
    ["r1", 10_000],
    ["r1", 12_000],
  ]);
});

test("stores the time of the newest result for each of 200 requests", async () => {
  const { written, note } = world();
  const ids = Array.from({ length: 200 }, (_, i) => `r${i}`);
  for (const id of ids) await note(id, 10_000);
  expect(written).toHaveLength(200);
});

test("what was not written is written with the next batch", async () => {
  let busy = true;
  const { written, note } = world(() => busy);
  await expect(note("r1", 10_000)).rejects.toThrow("busy");
  busy = false;
  await note("r1", 10_001);
  expect(written).toEqual([["r1", 10_001]]);
});

test("nothing else of a request's item stays in memory: there may be secrets in its headers", () => {
  const { item } = remembered({}).requestOf("r1");
  expect(Object.keys(item)).toEqual(["req_id", "total_count", "expire_at", "max_failures"]);
});
