import { countedRows, runLargeRequest } from "../../../tools/bench/large-request.ts";

const SMALL = { urls: 20, pops: 50 };

it("counts, recounts and gives up each task of a request once, and drops the messages of one that is stopped", async () => {
  const counted = await runLargeRequest({ function: "aggregation", urls: 10, pops: 400 });
  const recount = await runLargeRequest({ function: "shutdown", ...SMALL });
  const givenUp = await runLargeRequest({ function: "shutdown", ...SMALL, missingEvery: 10 });
  const stopped = await runLargeRequest({ function: "shutdown", ...SMALL, isStopped: true, messages: 12 });
  expect(counted).toMatchObject({ tasks: 4_000, units: 155, busiest: 9 });
  expect(recount).toMatchObject({ tasks: 1_000, failed: 10 });
  // A tenth without a result, and of the rest one in a hundred.
  expect(givenUp).toMatchObject({ tasks: 1_000, failed: 110, runs: 1 });
  expect(stopped.runs).toBe(1);
  expect(countedRows(4_000, counted).map(({ verdict }) => verdict)).toEqual(["met", "met"]);
}, 120_000);

it.each([
  ["counters that cost much", { units: 200, busiest: 10 }, ["MISSED", "met"]],
  ["a hot key", { units: 100, busiest: 50 }, ["met", "MISSED"]],
])("sees %s", (_, ran, verdicts) => {
  expect(countedRows(1_000, ran).map(({ verdict }) => verdict)).toEqual(verdicts);
});
