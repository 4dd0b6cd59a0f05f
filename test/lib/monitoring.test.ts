import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT, rendered, resourcesOf, synthesizeStacks } from "./synth.ts";

const [{ template } = { template: undefined }] = synthesizeStacks();
if (template === undefined) throw new Error("there is no stack");

const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm").map(([id, { Properties }]) => ({
  name: /Monitoring(\w+)Alarm/.exec(id)?.[1] ?? "",
  ...Properties,
}));
const alarm = (name: string) => alarms.find((it) => it.name === name);

describe("every alarm", () => {
  test.each(alarms)("$name tells somebody, and where the runbook says what to do", (it) => {
    expect(it.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^PrewarmMonitoringTopic/) }]);
    expect(it.TreatMissingData).toBe("notBreaching");
    const headings = readFileSync(`${ROOT}docs/operations.md`, "utf8").matchAll(/^##+ (.+)$/gm);
    const anchors = [...headings].map(([, text = ""]) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    const [, anchor] = /docs\/operations\.md#([\w-]+)$/.exec(it.AlarmDescription) ?? [];
    expect(anchors).toContain(anchor);
  });

  test("is one of these", () => {
    const [all, readers] = [["Api", "GetSize", "Task", "Aggregation", "Shutdown", "Watch"], 4];
    expect(alarms.map(({ name }) => name).sort()).toEqual(
      [
        ...["Capacity", "DeadLetters", "FailedBatches", "Orphans"],
        ...all.flatMap((fn) => [`${fn}Errors`, `${fn}Throttles`]),
        ...all.slice(1, 1 + readers).map((fn) => `${fn}IteratorAge`),
      ].sort(),
    );
  });
});

test.each([
  { name: "DeadLetters", threshold: 0, periods: 1 },
  { name: "FailedBatches", threshold: 0, periods: 1 },
  { name: "TaskErrors", threshold: 0, periods: 2 },
  { name: "TaskIteratorAge", threshold: 300_000, periods: 2 },
  { name: "Orphans", threshold: 0, periods: 4 },
  { name: "Capacity", threshold: 0, periods: 3 },
])("$name: above $threshold for $periods times five minutes", ({ name, threshold, periods }) => {
  expect(alarm(name)).toMatchObject({
    ...{ Threshold: threshold, EvaluationPeriods: periods, ComparisonOperator: "GreaterThanThreshold" },
  });
});

test("what the logs are asked for is what the code logs", () => {
  const filters = resourcesOf(template, "AWS::Logs::MetricFilter").map(([, { Properties }]) => ({
    pattern: Properties.FilterPattern,
    value: Properties.MetricTransformations[0].MetricValue,
    namespace: rendered(Properties.MetricTransformations[0].MetricNamespace),
  }));
  expect(new Set(filters.map(({ namespace }) => namespace))).toEqual(new Set(["Prewarm/prewarm_asg_prod"]));
  const source = ["aggregation", "watch"]
    .map((name) => readFileSync(`${ROOT}lambdas/${name}/handler.ts`, "utf8"))
    .join("");
  for (const { pattern } of filters)
    expect(source).toContain(`logger.info("${/^\{ \$\.message = "(.+)" \}$/.exec(pattern)?.[1]}"`);
  expect(filters.map(({ value }) => value)).toEqual(
    expect.arrayContaining(["$.count", "$.size", "$.failed", "$.active", "$.instances", "$.orphans", "$.missing"]),
  );
});

test("alarms are mailed to the address that is given, and to nobody without one", () => {
  const [[, mail] = []] = resourcesOf(template, "AWS::SNS::Subscription") as unknown as [
    string,
    { Condition: string },
  ][];
  expect(mail).toMatchObject({ Properties: { Protocol: "email", Endpoint: { Ref: "alarmEmail" } } });
  expect(template.findConditions("*")[mail?.Condition ?? ""]).toEqual({
    "Fn::Not": [{ "Fn::Equals": [{ Ref: "alarmEmail" }, ""] }],
  });
});

test("there is a dashboard, with the agents' failures by reason", () => {
  const [[, page] = []] = resourcesOf(template, "AWS::CloudWatch::Dashboard");
  const body = JSON.stringify(page?.Properties.DashboardBody);
  expect(body).toContain("task failed");
  expect(body).toContain("FleetLogsGroup");
});
