import { expect, test } from "vitest";
import { forged } from "../../../tools/hostile/forged.ts";

test("nothing stops at what a taken instance may write, and all of it is counted", async () => {
  const rows = await forged.run(() => undefined, { scale: 0.02 });
  expect(rows.map(({ what }) => what)).toEqual([...["request items", "targets", "stream records", "messages"]]);
  for (const { what, tried, wrong } of rows)
    expect({ what, some: tried > 10, wrong }).toEqual({ what, some: true, wrong: 0 });
});
