// Golden traces: what ten requests do at the AWS APIs, compared with what is recorded. An intended change updates the recording
// by `npm run test:traces -- --update`, in the commit that makes it.
import { expect, test } from "vitest";
import { SCENARIOS } from "./scenarios.ts";
import { record } from "./trace.ts";

test.each(SCENARIOS)(
  "$name: messages, items, results, report, summary and calls are as recorded",
  { timeout: 60_000 },
  async (scenario) => {
    const trace = await record(scenario);
    await expect(`${JSON.stringify(trace, null, 1)}\n`).toMatchFileSnapshot(`traces/${scenario.name}.json`);
  },
);
