import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import { shutdownEventSchema, Timer } from "../../aws/timer.ts";
import { awsError, fakeClient } from "./client.ts";

function newTimer(answer: () => unknown = () => ({})) {
  const { client, sent } = fakeClient<SchedulerClient>(answer);
  return { timer: new Timer(client, "timers", "timeout"), sent };
}

it.each([
  ["2024-04-16T03:17:21.001Z", "at(2024-04-16T03:17:22)"],
  ["2024-12-31T23:59:59.999Z", "at(2025-01-01T00:00:00)"],
])("a timer for %s is never early: %s", async (at, ScheduleExpression) => {
  const { timer, sent } = newTimer();
  await timer.set("r1", Date.parse(at), { functionArn: "arn:function", roleArn: "arn:role" });
  expect(sent[0]?.input).toMatchObject({
    Name: "r1",
    GroupName: "timers",
    ScheduleExpression,
    ScheduleExpressionTimezone: "UTC",
    FlexibleTimeWindow: { Mode: "OFF" },
    ActionAfterCompletion: "DELETE",
    Target: { Arn: "arn:function", RoleArn: "arn:role", Input: '{"req_id":"r1","timer":true}' },
  });
});

it("a timer can be cancelled if it no longer exists; other errors are thrown", async () => {
  const { timer, sent } = newTimer();
  await timer.cancel("r1");
  expect(sent).toEqual([{ name: "DeleteScheduleCommand", input: { Name: "r1", GroupName: "timers" } }]);
  await newTimer(() => Promise.reject(awsError("ResourceNotFoundException"))).timer.cancel("r1");
  const denied = newTimer(() => Promise.reject(awsError("AccessDeniedException")));
  await expect(denied.timer.cancel("r1")).rejects.toThrow("AccessDeniedException");
});

const TARGET = { functionArn: "arn:function", roleArn: "arn:role" };
const AT = Date.parse("2024-04-16T03:17:21Z");

it("a scheduled settlement check has a name of its own beside the timer, and does not say that it is the timer", async () => {
  const { client, sent } = fakeClient<SchedulerClient>(() => ({}));
  await new Timer(client, "timers", "check").set("r1", AT, TARGET);
  expect(sent[0]?.input).toMatchObject({ Name: "r1-check", ActionAfterCompletion: "DELETE" });
  expect(shutdownEventSchema.parse(JSON.parse(sent[0]?.input.Target.Input))).toEqual({ req_id: "r1", timer: false });
});

it("a scheduled settlement check replaces the one that is there already", async () => {
  const { client, sent } = fakeClient<SchedulerClient>((_, n) =>
    n === 0 ? Promise.reject(awsError("ConflictException")) : {},
  );
  await new Timer(client, "timers", "check").set("r1", AT, TARGET);
  expect(sent.map(({ name, input }) => [name, input.Name, input.ScheduleExpression])).toEqual([
    ["CreateScheduleCommand", "r1-check", "at(2024-04-16T03:17:21)"],
    ["DeleteScheduleCommand", "r1-check", undefined],
    ["CreateScheduleCommand", "r1-check", "at(2024-04-16T03:17:21)"],
  ]);
});

it("a scheduled settlement check that cannot be created for another reason fails", async () => {
  const { client, sent } = fakeClient<SchedulerClient>(() => Promise.reject(awsError("AccessDeniedException")));
  await expect(new Timer(client, "timers", "check").set("r1", AT, TARGET)).rejects.toThrow("AccessDeniedException");
  expect(sent).toHaveLength(1);
});

it("a scheduled settlement check is deleted with its request", async () => {
  const { client, sent } = fakeClient<SchedulerClient>(() => ({}));
  await new Timer(client, "timers", "check").cancel("r1");
  expect(sent).toEqual([{ name: "DeleteScheduleCommand", input: { Name: "r1-check", GroupName: "timers" } }]);
});
