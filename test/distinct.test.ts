// The shared fixtures themselves: in none of them are two fields equal, so code that reads the one in place of the other fails a test.
import { describe, expect, test } from "vitest";
import { targetSchema } from "../domain/plan/target.ts";
import { taskMessageSchema } from "../domain/plan/task-message.ts";
import { heartbeatSchema } from "../domain/request/progress.ts";
import { NEW_REQUEST_DEFAULTS, requestItemSchema } from "../domain/request/request-item.ts";
import { taskResultSchema } from "../domain/result/task-result.ts";
import { resultOf } from "./agent/receive/agent-world.ts";
import { fullTaskMessage, taskMessage } from "./agent/task-messages.ts";
import { FAILURES, progress } from "./cli/progress.ts";
import { distinctRequest, distinctSummary } from "./console/distinct-request.ts";
import { Distinct, type EqualOnPurpose, equalFields } from "./distinct.ts";
import { BODY } from "./lambdas/api/world.ts";
import { fullHeartbeat, fullRequest, fullResult, heartbeat, request, result, target } from "./lambdas/items.ts";

describe("Distinct", () => {
  test("gives no value twice, whatever kinds are asked for in turn", () => {
    const d = new Distinct();
    const round = () => [
      ...[d.integer(), d.bytes(), d.timestamp(), d.milliseconds(), d.seconds(), d.id("token"), d.pop(), d.ip()],
      ...[d.host(), d.url()],
    ];
    expect(equalFields(Array.from({ length: 200 }, round))).toEqual([]);
  });
});

describe("equalFields", () => {
  test("names fields of the same type and value, however deep", () => {
    expect(equalFields({ a: 1, b: { c: [2, 1] }, d: "1", e: true, f: true })).toEqual(["a = b.c.1: 1"]);
    expect(equalFields(new Map([["a", { ip: "x" }] as const, ["b", { ip: "x" }] as const]))).toEqual([
      "a.ip = b.ip: x",
    ]);
  });

  test("passes over what is equal on purpose, and nothing else", () => {
    const fixture = { a: 0, b: 0, c: 0 };
    const fields = ["a", "b"];
    expect(equalFields(fixture, [{ fields, reason: "nothing is done" }])).toEqual(["a = c: 0", "b = c: 0"]);
  });
});

const zeros = (fixture: object) =>
  Object.entries(fixture)
    .filter(([, value]) => value === 0)
    .map(([name]) => name);
const NOTHING_IS_DONE: readonly EqualOnPurpose[] = [
  {
    fields: [...zeros(NEW_REQUEST_DEFAULTS), "header_count"],
    reason: "nothing is done yet: all counts are 0; it has no headers",
  },
  { fields: ["active", "listed"], reason: "indexes mark an item by `y`" },
  { fields: ["instance_count", "instances_asked"], reason: "nobody has changed the number yet" },
];

/** The subjects of the first groups of failures of a list. */
function subjects(prefix: string, groups: number): string[] {
  return Array.from({ length: groups }, (_, n) => `${prefix}${n}.subject`);
}

const MARKS: EqualOnPurpose = { fields: ["listed", "expanded", "closing"], reason: "indexes mark an item by `y`" };
/** Of a request and its summary. */
const ONE_REQUEST: readonly EqualOnPurpose[] = [
  { fields: ["request.request_id", "summary.request_id"], reason: "both are of one request" },
  { fields: ["request.not_kept_count", "summary.failures.0.tasks"], reason: "they count the same tasks" },
];
const SUBJECT = "all of them are failures of tasks";

const FIXTURES: readonly [name: string, fixture: object, onPurpose?: readonly EqualOnPurpose[]][] = [
  ["request()", request(), NOTHING_IS_DONE],
  ["fullRequest()", fullRequest(), [MARKS]],
  ["target()", target("SIN2-P1")],
  ["heartbeat()", heartbeat()],
  ["fullHeartbeat()", fullHeartbeat()],
  ["result()", result("SIN2-P1", "https://cdn.example.com/a")],
  ["fullResult()", fullResult()],
  ["taskMessage()", taskMessage()],
  ["fullTaskMessage()", fullTaskMessage()],
  ["a result of an agent's fake downloader", resultOf(taskMessage(), { url: "https://cdn.example.com/a", bytes: 7 })],
  ["the body of a POST /prewarm", BODY],
  ["the command's progress()", progress()],
  ["the command's failures", FAILURES, [{ fields: subjects("", 2), reason: SUBJECT }]],
  [
    "the console's request and summary",
    { request: { ...distinctRequest(), pops: undefined, failures: undefined }, summary: distinctSummary() },
    [...ONE_REQUEST, { fields: subjects("summary.failures.", 4), reason: SUBJECT }],
  ],
];

test.each(FIXTURES)("no two fields of %s are equal", (_, fixture, onPurpose) => {
  expect(equalFields(fixture, onPurpose)).toEqual([]);
});

test("what is kept of a request, of its targets and of its results expires at different times", () => {
  const fixtures = { request: request(), target: target("SIN2-P1"), result: result("SIN2-P1", "https://a.example/") };
  const times = Object.values(fixtures).map(({ expire_at }) => expire_at);
  expect(equalFields(times)).toEqual([]);
});

test.each([
  ["fullRequest()", fullRequest(), requestItemSchema],
  ["fullResult()", fullResult(), taskResultSchema],
  ["fullHeartbeat()", fullHeartbeat(), heartbeatSchema],
] as const)("%s has every attribute, so a new one must have a value of its own", (_, fixture, schema) => {
  expect(Object.keys(fixture).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
});

test.each([
  ["fullRequest()", fullRequest(), requestItemSchema],
  ["fullResult()", fullResult(), taskResultSchema],
  ["fullHeartbeat()", fullHeartbeat(), heartbeatSchema],
  ["fullTaskMessage()", fullTaskMessage(), taskMessageSchema],
  ["target()", target("SIN2-P1"), targetSchema],
] as const)("%s is a possible one", (_, fixture, schema) => {
  expect(schema.parse(fixture)).toEqual(fixture);
});
