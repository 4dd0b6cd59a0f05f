// Golden traces: what requests do at the AWS APIs, compared with what is recorded. An intended change updates the recording
// by `npx vitest run --project traces -- --update`, in the commit that makes it.
import { readdirSync } from "node:fs";
import { SCENARIOS } from "./scenarios.ts";
import { record } from "./trace.ts";

/** Scenarios that are recorded. The others run in test/pipeline/equality.test.ts, in both engines. */
const RECORDED = ["leads-with-a-failing-lead", "limits", "regional", "retry"];

test.each(SCENARIOS.filter(({ name }) => RECORDED.includes(name)))(
  "$name: messages, items, results, report, summary and calls are as recorded",
  { timeout: 60_000 },
  async (scenario) => {
    const lines = await record(scenario);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`traces/${scenario.name}.txt`);
  },
);

test.each([0, 1])(
  "a request with %i instances that is stopped leaves no message",
  { timeout: 60_000 },
  async (count) => {
    const stop = SCENARIOS.find(({ name }) => name === "stop") ?? expect.fail("there is no such scenario");
    const bodies = stop.bodies.map((body) => (id: string) => ({ ...body(id), instance_count: count }));
    // What is left behind is an error.
    expect(await record({ ...stop, bodies, closedWithinMs: 600_000 })).not.toEqual([]);
  },
);

test("each recording belongs to a scenario", () => {
  const recorded = readdirSync(new URL("traces", import.meta.url));
  expect(recorded.toSorted()).toEqual(RECORDED.map((name) => `${name}.txt`).toSorted());
});
