// What the tests hold every answer of the API against.
import { problemWith } from "../../../tools/local/api-client.ts";

const timestamp = "2024-04-16 03:12:21.046000";
const INSTANCES = { status: "success", timestamp, message: "query success", desiredcapacity: 1 };
const { message: _, ...NO_MESSAGE } = INSTANCES;
const REFUSAL = { status: "Failed", error_message: "no", error_urls: [], request_id: "", message: "no" };
const FAILURE = { status: "failure", timestamp, message: "Internal error" };

test.each([
  [200, INSTANCES],
  [403, REFUSAL],
  [500, REFUSAL],
  [500, FAILURE],
])("GET /instances may answer %i with %j", (status, body) => {
  const answer = { method: "GET", status, body };
  expect(problemWith({ ...answer, path: "instances" })).toBeUndefined();
  expect(problemWith({ ...answer, path: "/instances?x=1" })).toBeUndefined();
});

test.each([
  [200, { ...INSTANCES, more: 1 }, "GET /instances answered 200: more: is not described"],
  [200, NO_MESSAGE, "message: "],
  [200, { ...INSTANCES, desiredcapacity: "1" }, "desiredcapacity: "],
  [200, { ...INSTANCES, timestamp: "now" }, "timestamp: "],
  [418, INSTANCES, "GET /instances answered 418: no such status is described"],
  [403, { message: "Forbidden" }, "status: "],
])("GET /instances may not answer %i with %j", (status, body, says) => {
  expect(problemWith({ method: "GET", path: "instances", status, body })).toContain(says);
});
