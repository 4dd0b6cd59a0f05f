import { expect, test } from "vitest";
import { type Count, minus } from "../../../domain/result/count.ts";
import { count } from "../items.ts";
import { batch, remembered } from "./remembered.ts";

const MINUTE = 60_000;
const BATCH = count(2, 20, 0, { warm_count: 1 });

function world(fails = () => false) {
  const written: [string, number, Count][] = [];
  const began = async (reqId: string, minute: number, counted: Count) => {
    if (fails()) throw new Error("busy");
    written.push([reqId, minute, counted]);
  };
  const { requestOf } = remembered({ putMinute: began });
  const note = (reqId: string, counted: Count, now: number) =>
    requestOf(reqId).noteMinute(batch({ reqId, total: BATCH }), counted, now);
  return { written, note };
}

test("the first batch of a minute stores what was counted before it; the others of that minute store nothing", async () => {
  const { written, note } = world();
  const counted = count(10, 100, 1, { warm_count: 5 });
  await note("r1", counted, 7 * MINUTE);
  await note("r1", count(50, 500, 1), 8 * MINUTE - 1);
  await note("r1", count(90, 900, 1), 9 * MINUTE);
  expect(written).toEqual([
    ["r1", 7, minus(counted, BATCH)],
    ["r1", 9, minus(count(90, 900, 1), BATCH)],
  ]);
});

test("stores the first batch of a minute for each request", async () => {
  const { written, note } = world();
  for (const id of ["r1", "r2", "r1", "r2"]) await note(id, BATCH, 0);
  expect(written.map(([id]) => id)).toEqual(["r1", "r2"]);
});

test("what was not written is written with the next batch", async () => {
  let busy = true;
  const { written, note } = world(() => busy);
  await expect(note("r1", BATCH, 0)).rejects.toThrow("busy");
  busy = false;
  await note("r1", BATCH, 1);
  expect(written).toHaveLength(1);
});
