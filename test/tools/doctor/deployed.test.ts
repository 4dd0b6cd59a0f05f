// What is told from the answers about a deployed stack, each with the fault and without it.
import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { describe, expect, test } from "vitest";
import { judgeAlarmMail } from "../../../tools/doctor/deployed/alarm-mail.ts";
import { judgeAlarms } from "../../../tools/doctor/deployed/alarms.ts";
import { judgeApiKey } from "../../../tools/doctor/deployed/api-key.ts";
import { judgeDeadLetters } from "../../../tools/doctor/deployed/dead-letters.ts";
import { judgeEnabled, judgeLastResults } from "../../../tools/doctor/deployed/event-sources.ts";
import { judgeFilters } from "../../../tools/doctor/deployed/filters.ts";
import { shortName } from "../../../tools/doctor/deployed/short-name.ts";
import { judgeStackState } from "../../../tools/doctor/deployed/stack-state.ts";
import type { Judgement } from "../../../tools/doctor/judgement.ts";
import { templateSchema } from "../../../tools/doctor/readers/template.ts";

type Row = [string, Judgement["status"], Judgement, RegExp];

// As API_GetEventSourceMapping of Lambda's reference shows one.
const source = (over: EventSourceMappingConfiguration = {}) => [
  {
    logicalId: "Task",
    mapping: {
      UUID: "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE",
      FilterCriteria: { Filters: [{ Pattern: '{ "dynamodb": {"NewImage": {"state": {"S": ["READY"]}}}, "a": [1] }' }] },
      LastProcessingResult: "OK",
      State: "Enabled",
      StateTransitionReason: "User action",
      ...over,
    },
  },
];
const { LastProcessingResult: _, ...silent } = source()[0]?.mapping ?? {};
const template = (pattern?: string) =>
  templateSchema.parse({
    Resources: {
      Task: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: pattern === undefined ? {} : { FilterCriteria: { Filters: [{ Pattern: pattern }] } },
      },
    },
  });
const SAME = '{"a":[1],"dynamodb":{"NewImage":{"state":{"S":["READY"]}}}}';
const alarm = (state: string) => ({ name: "Errors", state, description: "What to do: docs/operations.md#x" });
const answers = (status: number, body = '{"status":"success","desiredcapacity":1}', without = 403) => ({
  withKey: { status, body },
  withoutKey: { status: without },
});

const ROWS: Row[] = [
  ["a stack", "ok", judgeStackState("UPDATE_COMPLETE"), /UPDATE_COMPLETE/],
  ["a stack that took an update back", "warn", judgeStackState("UPDATE_ROLLBACK_COMPLETE"), /ROLLBACK/],
  ["a stack that changes", "warn", judgeStackState("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), /IN_PROGRESS/],
  ["a stack that never came to be", "fail", judgeStackState("ROLLBACK_COMPLETE"), /ROLLBACK_COMPLETE/],
  ["a stack that cannot be deleted", "fail", judgeStackState("DELETE_FAILED"), /DELETE_FAILED/],
  ["a stream that is on", "ok", judgeEnabled(source()), /all 1 streams/],
  ["a stream that is off", "fail", judgeEnabled(source({ State: "Disabled" })), /Task is Disabled/],
  ["a stream that changes", "warn", judgeEnabled(source({ State: "Updating" })), /Updating/],
  ["a stream whose state is not told", "cannot-tell", judgeEnabled([{ logicalId: "Task", mapping: {} }]), /unknown/],
  ["no stream", "fail", judgeEnabled([]), /no stream/],
  ["a batch that went well", "ok", judgeLastResults(source()), /went well/],
  [
    "a batch that did not",
    "fail",
    judgeLastResults(source({ LastProcessingResult: "PROBLEM: Function call failed" })),
    /Task: PROBLEM/,
  ],
  [
    "a batch that went well, in an emulator's words",
    "ok",
    judgeLastResults(source({ LastProcessingResult: "OK - 1 records" })),
    /well/,
  ],
  [
    "words that nobody knows",
    "cannot-tell",
    judgeLastResults(source({ LastProcessingResult: "Something new" })),
    /1 of 1/,
  ],
  ["no batch yet", "cannot-tell", judgeLastResults(source({ LastProcessingResult: "No records processed" })), /1 of 1/],
  ["no word of batches", "cannot-tell", judgeLastResults([{ logicalId: "Task", mapping: silent }]), /1 of 1/],
  ["no stream, no result", "cannot-tell", judgeLastResults([]), /0 of 0/],
  ["filters in another order of keys", "ok", judgeFilters(template(SAME), source()), /all 1/],
  ["a filter changed by hand", "fail", judgeFilters(template(SAME.replace("READY", "SENT")), source()), /Task/],
  ["a filter that is gone", "fail", judgeFilters(template(SAME), source({ FilterCriteria: {} })), /Task/],
  ["a filter too many", "fail", judgeFilters(template(), source()), /Task/],
  ["a stream that is not to be found", "cannot-tell", judgeFilters(template(SAME), []), /could not be asked/],
  ["a confirmed address", "ok", judgeAlarmMail(["arn:aws:sns:eu-west-1:111122223333:t:1"]), /1 confirmed address$/],
  ["an address that waits", "warn", judgeAlarmMail(["PendingConfirmation"]), /not confirmed/],
  ["nobody", "warn", judgeAlarmMail([]), /nobody/],
  ["an address that left", "warn", judgeAlarmMail(["Deleted"]), /nobody/],
  ["quiet alarms", "ok", judgeAlarms(1, [alarm("OK")]), /none of 1/],
  ["an alarm", "fail", judgeAlarms(2, [alarm("OK"), alarm("ALARM")]), /on: Errors/],
  ["alarms that were never looked at", "cannot-tell", judgeAlarms(1, [alarm("INSUFFICIENT_DATA")]), /1 of 1/],
  ["an alarm that is gone", "warn", judgeAlarms(2, [alarm("OK")]), /1 of 2 alarms are gone/],
  ["no alarms", "warn", judgeAlarms(0, []), /no alarms/],
  ["empty queues", "ok", judgeDeadLetters({ DeadLetters: 0, FailedBatches: 0 }), /2 queues/],
  ["a dead letter", "fail", judgeDeadLetters({ DeadLetters: 3, FailedBatches: 0 }), /DeadLetters has 3$/],
  ["no queue", "cannot-tell", judgeDeadLetters({}), /no queue/],
  ["the key opens", "ok", judgeApiKey(answers(200)), /1 instances wanted/],
  ["the key is refused", "fail", judgeApiKey(answers(403)), /refused/],
  ["no key is needed", "fail", judgeApiKey(answers(200, undefined, 200)), /without a key/],
  ["the function fails", "fail", judgeApiKey(answers(500)), /HTTP 500/],
  ["too many calls", "warn", judgeApiKey(answers(429)), /HTTP 429/],
  ["something else answers", "fail", judgeApiKey(answers(200, "<html>")), /something else/],
];

test.each([
  ["PrewarmPipelineTaskDynamoDBEventSourcePrewarmStackPrewarmStorageRequestPop8F086D9FE1E527C2", "Task (RequestPop)"],
  ["PrewarmTaskQueueDeadLetters9EE29DB2", "DeadLetters"],
  ["Task", "Task"],
])("%s is called %s", (id, name) => {
  expect(shortName(id)).toBe(name);
});

describe("a deployed stack", () => {
  test.each(ROWS)("%s: %s", (_name, status, judgement, says) => {
    expect(judgement.status).toBe(status);
    expect(judgement.says).toMatch(says);
    expect(judgement.next === undefined).toBe(status === "ok");
  });
});
