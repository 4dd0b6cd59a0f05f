import { readFileSync } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { metricNamespace } from "../../domain/metrics.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import type { AggregationDeps } from "../../lambdas/aggregation/deps.ts";
import { createHandler as createAggregation } from "../../lambdas/aggregation/handler.ts";
import { reportUnparseable } from "../../lambdas/runtime.ts";
import { fakeDeps } from "../../tools/local/fake-deps.ts";
import { alarmState } from "../cloudwatch/alarm-state.ts";
import { embeddedMetrics, type Measured } from "../cloudwatch/embedded-metrics.ts";
import { anchors } from "../docs/markdown.ts";
import { record } from "../lambdas/aggregation/records.ts";
import { memoryTables } from "../lambdas/fakes/tables.ts";
import { request } from "../lambdas/items.ts";
import { watchWorld } from "../lambdas/watch/world.ts";
import { type Resource, ROOT, rendered, resourcesOf, synthesizeStacks, theOnly } from "./synth.ts";

const [{ template } = expect.fail("there is no stack")] = synthesizeStacks();

/** The values of `monitoring` for which each condition holds. */
const holdsFor = (condition: string): string[] => {
  const test = template.findConditions(condition)[condition] as { "Fn::Or"?: object[] };
  const equals = (test["Fn::Or"] ?? [test]) as { "Fn::Equals": [object, string] }[];
  for (const { "Fn::Equals": sides } of equals) expect(sides[0]).toEqual({ Ref: "monitoring" });
  return equals.map(({ "Fn::Equals": [, value] }) => value);
};
const conditionOf = (resource: unknown) => (resource as { Condition: string }).Condition;

const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm").map(([id, resource]) => ({
  name: /Monitoring(\w+)Alarm/.exec(id)?.[1] ?? "",
  monitoring: holdsFor(conditionOf(resource)),
  ...resource.Properties,
  Threshold: thresholdOf(resource.Properties.Threshold),
}));

/** A threshold of an alarm: a number, or the default of the parameter that it refers to. */
function thresholdOf(threshold: number | { readonly Ref: string }): number {
  return typeof threshold === "number"
    ? threshold
    : Number(template.findParameters(threshold.Ref)[threshold.Ref]?.["Default"]);
}

function alarm(name: string): Resource["Properties"] {
  const found = alarms.find((it) => it.name === name);
  if (found === undefined) throw new Error(`there is no alarm ${name}`);
  return found;
}

describe("every alarm", () => {
  test.each(alarms)("$name tells the topic, and names the section of the runbook", (it) => {
    const topic = [{ Ref: expect.stringMatching(/^PrewarmMonitoringTopic/) }];
    expect(it).toMatchObject({ AlarmActions: topic, OKActions: topic });
    const [, anchor] = /docs\/operations\.md#([\w-]+)$/.exec(it.AlarmDescription) ?? [];
    expect(anchors(readFileSync(`${ROOT}docs/operations.md`, "utf8"))).toContain(anchor);
  });

  const none: number[] = [];
  const quiet = Array<number[]>(6).fill(none);
  /** Values of the alarm's metric, period by period. */
  const cases: readonly [name: string, what: string, periods: readonly (readonly number[])[], state: "OK" | "ALARM"][] =
    [
      ["DeadLetters", "an empty queue", [[0, 0, 0]], "OK"],
      ["DeadLetters", "a message", [[0, 0, 1]], "ALARM"],
      ["FailedBatches", "an empty queue", [[0]], "OK"],
      ["FailedBatches", "a note", [[1]], "ALARM"],
      ["LateSettlements", "two runs that failed soon, and their pauses", [[61_000], [182_000]], "OK"],
      ["LateSettlements", "a check that is throttled", [[600_000], [900_001]], "ALARM"],
      ["FunctionFailures", "one failed run, which is retried", [none, [1], none, none, none, none], "OK"],
      ["FunctionFailures", "failed runs for ten minutes", [[1, 1], [1]], "ALARM"],
      ["TaskErrors", "good calls", [[0, 0], [0], none, [0]], "OK"],
      ["TaskErrors", "one bad call, tried again", [[0], [1, 0], none, none, none], "OK"],
      ["TaskErrors", "bad calls for ten minutes", [[0], [1, 1], [0, 1]], "ALARM"],
      ["TaskErrors", "a call that hangs for its time, and hangs again", [[1], none, none, [1], none, none], "ALARM"],
      ["WatchErrors", "every look fails", Array<number[]>(2).fill([1, 1, 1]), "ALARM"],
      ["TaskThrottles", "a moment", [[0], [7], [0]], "OK"],
      ["TaskThrottles", "ten minutes", [[0], [7], [3]], "ALARM"],
      ["TaskIteratorAge", "it waits for its turn", [[0], [299_999], [1_000]], "OK"],
      ["TaskIteratorAge", "late once", [[0], [900_000], [0], none], "OK"],
      ["TaskIteratorAge", "one record, time after time", [[900_000], none, none, [1_800_000], none, none], "ALARM"],
      ["StuckRequests", "requests that make progress", [[0], [0], [0]], "OK"],
      ["StuckRequests", "one that was stuck and goes on", [[1], [0]], "OK"],
      ["StuckRequests", "one that is stuck", [[0], [0], [1]], "ALARM"],
      ["Bytes", "as many as are allowed", [[6e11, 4e11]], "OK"],
      ["Bytes", "more within an hour", [[6e11, 4e11, 1]], "ALARM"],
      ["Bytes", "more in another hour, and few now", [[2e12], [1e9]], "OK"],
      ["Silence", "a look in each period", [[1], [1], [1], [1]], "OK"],
      ["Silence", "one look is left out", [[1], [1], none, [1]], "OK"],
      ["Silence", "it has just stopped", [[1], [1], none, none, none], "OK"],
      ["Silence", "it has stopped", [[1], none, none, none, none, none], "ALARM"],
    ];
  test.each(cases)("%s: %s", (name, _, periods, state) => {
    expect(alarmState(alarm(name), periods)).toBe(state);
  });

  test.each(alarms.map(({ name }) => name).filter((name) => name !== "Silence"))("%s is off at rest", (name) => {
    expect(alarmState(alarm(name), quiet)).toBe("OK");
  });
});

describe("what functions log", () => {
  const namespace = metricNamespace("prewarm_asg_prod");
  const logger = new Logger({ serviceName: "test" });

  const measuredBy = async (run: () => Promise<void>) => (await logged(run)).flatMap(embeddedMetrics);
  const looking =
    (active: number, wanted: number, instances = wanted, inService = wanted) =>
    () => {
      const fleet = { state: async () => ({ wanted, instances, inService }) };
      const requests = Array.from({ length: active }, (_, i) => request({ req_id: `r${i}` }));
      return measuredBy(watchWorld(requests, { fleet, logger, namespace }).run);
    };
  const [rest, busy, left, short] = [looking(0, 0), looking(1, 5), looking(0, 5), looking(1, 5, 4, 3)];

  const count = (...Records: unknown[]) => {
    const tables = memoryTables(request({ status: "IN_PROGRESS", total_count: 99 }));
    const stores = { ...tables, failedBatches: { send: async () => undefined } };
    const onUnparseable = reportUnparseable(logger, namespace);
    const handler = createAggregation(fakeDeps<AggregationDeps>({ ...stores, onUnparseable, logger, namespace }));
    return measuredBy(() => handler({ Records }));
  };

  /** The values of those metrics that an alarm or a graph names. */
  const valuesOf = (metric: Resource["Properties"], measured: readonly Measured[]) =>
    measured
      .filter((it) => {
        const dimensions = Object.entries(it.dimensions).map(([Name, Value]) => ({ Name, Value }));
        const wanted = [metric.MetricName, rendered(metric.Namespace), metric.Dimensions ?? []];
        return JSON.stringify([it.name, it.namespace, dimensions]) === JSON.stringify(wanted);
      })
      .flatMap(({ values }) => values);

  test.each([
    ["Orphans", "nothing runs", [rest, rest, rest, rest], "OK"],
    ["Orphans", "instances work", [busy, busy, busy, busy], "OK"],
    ["Orphans", "they are about to go", [busy, busy, left, left, left], "OK"],
    ["Orphans", "they stay", [busy, left, left, left, left], "ALARM"],
    ["Orphans", "they have gone, a while ago", [left, left, left, left, rest, rest, rest], "OK"],
    ["Capacity", "nothing is wanted", [rest, rest, rest], "OK"],
    ["Capacity", "all are there", [busy, busy, busy], "OK"],
    ["Capacity", "they are booting", [busy, short, busy, short], "OK"],
    ["Capacity", "Spot has too few for ten minutes", [busy, short, short], "ALARM"],
  ] as const)("%s: %s", async (name, _, looks, state) => {
    const periods: number[][] = [];
    for (const look of looks) periods.push(valuesOf(alarm(name), await look()));
    expect(alarmState(alarm(name), periods)).toBe(state);
  });

  test("is just those metrics that alarms and the dashboard show: no other is paid for", async () => {
    const failed = failureReasons.map((reason) => record({ ok: false, reason }));
    const measured = [...(await short()), ...(await count(record({ bytes: 10 }), ...failed, {}))];
    const paidFor = measured.map((it) => [it.namespace, it.name, ...Object.entries(it.dimensions).flat()].join(" "));
    const shown = dashboardMetrics()
      .map((metric) => metric.filter((it) => typeof it === "string").join(" "))
      .filter((metric) => !metric.startsWith("AWS/"));
    expect(new Set(paidFor)).toEqual(new Set(shown));
    // CloudWatch makes that one of the functions' logs.
    for (const { name, Namespace, MetricName } of alarms)
      if (!rendered(Namespace).startsWith("AWS/") && name !== "FunctionFailures")
        expect(paidFor).toContain(`${rendered(Namespace)} ${MetricName}`);
  });
});

/** Namespace, name, dimensions and how it is shown of each metric of the dashboard. */
function dashboardMetrics(): unknown[][] {
  const body = rendered(theOnly(template, "AWS::CloudWatch::Dashboard").DashboardBody);
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) => properties.metrics);
}

test("the dashboard is one of those that are free: 50 metrics at most", () => {
  expect(dashboardMetrics().length).toBeGreaterThan(30);
  expect(dashboardMetrics().length).toBeLessThanOrEqual(50);
});

test("Watch runs at least once in each period of the alarms", () => {
  expect(theOnly(template, "AWS::Events::Rule").ScheduleExpression).toBe("rate(1 minute)");
  const periods = alarms.filter(({ name }) => name !== "Bytes").map(({ Period }) => Period);
  expect(new Set(periods)).toEqual(new Set([300]));
});

describe("the metric of failed runs", () => {
  const filters = resourcesOf(template, "AWS::Logs::MetricFilter");

  test("is taken from the log of each function of the pipeline, and of Watch", () => {
    const logGroups = filters.map(([, { Properties }]) => String(Properties.LogGroupName.Ref));
    const functions = alarms
      .filter(({ name }) => name.endsWith("Errors"))
      .map(({ name }) => name.replace("Errors", ""));
    expect(logGroups.map((id) => /(?:Pipeline|Monitoring)(\w+)Logs/.exec(id)?.[1]).sort()).toEqual(functions.sort());
    for (const [, resource] of filters) expect(holdsFor(conditionOf(resource))).toEqual(["on"]);
  });

  const report = (status: string) => ({ type: "platform.report", record: { requestId: "id", status, metrics: {} } });
  const text = '"Task timed out after" { $.type = "platform.report" } Runtime.ExitError Invoke Error';

  test.each<[boolean, object]>([
    [true, report("error")],
    [true, report("failure")],
    [true, report("timeout")],
    [false, report("success")],
    [false, { type: "platform.initReport", record: { status: "error" } }],
    // Text of an origin, in a line of the function.
    [
      false,
      { level: "WARN", message: text, error: { name: "Error", message: text }, url: `https://a.example/${text}` },
    ],
    [false, { level: "ERROR", message: "m", error: report("error") }],
  ])("counts %s the line %j", (isCounted, line) => {
    const pattern = String(filters[0]?.[1].Properties.FilterPattern);
    const condition = /\(\$\.([\w.]+) = "([^"]+)"\)/g;
    expect(pattern.replaceAll(condition, "x")).toBe("{ x && (x || x || x) }");
    const valueAt = (path: string) =>
      path.split(".").reduce<unknown>((at, name) => Object.getOwnPropertyDescriptor(Object(at), name)?.value, line);
    const [type, ...statuses] = [...pattern.matchAll(condition)].map(([, path = "", value]) => valueAt(path) === value);
    expect(type === true && statuses.includes(true)).toBe(isCounted);
    const [, fn] = resourcesOf(template, "AWS::Lambda::Function").find(([id]) => id.includes("Watch")) ?? [];
    expect(fn?.Properties.LoggingConfig).toMatchObject({ LogFormat: "JSON" });
  });
});

/** The lines that a call writes to stdout and stderr, as a Lambda's log gets them. */
async function logged(run: () => Promise<void>): Promise<string[]> {
  let text = "";
  const outputs = [process.stdout, process.stderr].map((output) =>
    vi.spyOn(output, "write").mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    }),
  );
  try {
    await run();
  } finally {
    for (const output of outputs) output.mockRestore();
  }
  return text.split("\n").filter((line) => line !== "");
}
