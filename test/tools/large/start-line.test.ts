import { expect, it } from "vitest";
import { StartLine } from "../../../tools/large/start-line.ts";

it("holds everybody until it is opened, and then lets one after the other go", async () => {
  const line = new StartLine(30);
  line.close();
  const started: number[] = [];
  const runners = (async () => {
    for (let i = 0; i < 2; i++) {
      await line.pass();
      started.push(performance.now());
    }
  })();
  await Promise.resolve();
  expect(started).toEqual([]);
  line.open();
  await runners;
  expect((started[1] ?? 0) - (started[0] ?? 0)).toBeGreaterThanOrEqual(28);
});
