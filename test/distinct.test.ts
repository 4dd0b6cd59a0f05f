// The shared fixtures themselves: in none of them are two fields equal, so code that reads the one in place of the other fails a test.
// Items, results and messages outlive a deployment: an update's functions and agents read what each other wrote.
import { targetSchema } from "../domain/plan/target.ts";
import { taskMessageSchema } from "../domain/plan/task-message.ts";
import { heartbeatSchema } from "../domain/request/progress.ts";
import { requestItemSchema } from "../domain/request/request-item.ts";
import { reportedResultSchema } from "../domain/result/report.ts";
import { taskResultSchema } from "../domain/result/task-result.ts";
import { fullTaskMessage, taskMessage } from "./agent/task-messages.ts";
import { progress } from "./cli/progress.ts";
import { distinctRequest } from "./console/distinct-request.ts";
import { fullHeartbeat, fullRequest, fullResult, heartbeat, result, target } from "./lambdas/items.ts";

const COMPLETE = [
  ["fullRequest()", fullRequest(), requestItemSchema],
  ["fullResult()", fullResult(), taskResultSchema],
  ["fullHeartbeat()", fullHeartbeat(), heartbeatSchema],
] as const;
/** A message that leads is none that follows. */
const FULL = [...COMPLETE, ["fullTaskMessage()", fullTaskMessage(), taskMessageSchema]] as const;

test.each(COMPLETE)("%s has every attribute, so a new one must have a value of its own", (_, fixture, schema) =>
  expect(Object.keys(fixture).toSorted()).toEqual(Object.keys(schema.shape).toSorted()),
);

test.each([...FULL, ["target()", target("SIN2-P1"), targetSchema]] as const)(
  "%s is read as it was written, and without what only a newer release knows",
  (_, fixture, schema) => {
    expect(schema.parse(JSON.parse(JSON.stringify(fixture)))).toEqual(fixture);
    expect(schema.parse({ ...fixture, added_by_a_newer_release: { any: ["thing"] } })).toEqual(fixture);
  },
);

test("a result of a newer release is read for the report", () => {
  const newer = { ...fullResult(), added_by_a_newer_release: 1 };
  expect(reportedResultSchema.parse(newer)).toEqual(reportedResultSchema.parse(fullResult()));
});

test.each([
  ...FULL.map(([name, fixture]): [string, object] => [name, fixture]),
  ["target()", target("SIN2-P1")],
  ["heartbeat()", heartbeat()],
  ["result()", result("SIN2-P1", "https://cdn.example.com/a")],
  ["taskMessage()", taskMessage()],
  ["the command's progress()", progress()],
  ["the console's request", { ...distinctRequest(), pops: undefined, failures: undefined }],
])("no two fields of %s are equal", (_, fixture) => {
  const values: unknown[] = [];
  JSON.stringify(fixture, (_name, value) => {
    // Indexes mark an item by `y`.
    if (typeof value === "number" || (typeof value === "string" && value !== "y")) values.push(value);
    return value;
  });
  expect(values.filter((value, place) => values.indexOf(value) !== place)).toEqual([]);
});
