// What an operator sees of a whole deployed stack: alarms that tell their topic, and metrics in the logs. The stack is this file's
// own: where another test makes functions fail, alarms would stay on.
import { describe, expect, it } from "vitest";
import { embeddedMetrics } from "../../cloudwatch/embedded-metrics.ts";
import { alarmsOf, listen, put } from "../alarms.ts";
import { invoke, logLines } from "../aws-call.ts";
import { body } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

/** How long, in seconds, a value that trips an alarm counts after it was put: the emulator goes by the clock. */
const LASTS = 4;

const running = deployedStack({ parameters: { monitoring: "full" } });

/**
 * The emulator takes one statistic over all of an alarm's periods at once, and over all metrics of that name: that this
 * is what CloudWatch would do, test/lib/monitoring.test.ts does not rely on. What is tried here is that each deployed
 * alarm looks at a metric that can be put, at that side of its threshold, and tells the topic.
 */
describe("watching", () => {
  it("alarms go on above their thresholds and off again, and tell the topic where the runbook is", async () => {
    const stack = running();
    const notices = await listen(stack);
    const all = await alarmsOf(stack);
    // That calls stop coming cannot be put: those of all functions count.
    const alarms = all.filter(({ ComparisonOperator }) => ComparisonOperator === "GreaterThanThreshold");
    expect(alarms).toHaveLength(all.length - 1);
    const states = async () => new Set((await alarmsOf(stack)).map(({ StateValue }) => StateValue));

    // Of a minimum, what is within the threshold would keep it so.
    const [minima, others] = [true, false].map((is) => alarms.filter((it) => (it.Statistic === "Minimum") === is));
    for (const alarm of others ?? []) await put(stack, alarm, alarm.Threshold, 0);
    expect([...(await states())].sort()).toEqual(["INSUFFICIENT_DATA", "OK"]);
    expect(minima).toHaveLength(3);
    for (const alarm of alarms)
      await put(stack, alarm, alarm.Threshold + 1, alarm.Period * alarm.EvaluationPeriods - LASTS);
    const on = (await alarmsOf(stack)).filter(({ StateValue }) => StateValue === "ALARM");
    expect(on.map(({ AlarmName }) => AlarmName).sort()).toEqual(alarms.map(({ AlarmName }) => AlarmName).sort());

    await expect
      .poll(
        async () => {
          for (const alarm of all) await put(stack, alarm, alarm.Threshold, 0);
          return [...(await states())];
        },
        { timeout: 90_000, interval: 500 },
      )
      .toEqual(["OK"]);
    const names = alarms.map(({ AlarmName }) => AlarmName);
    await expect.poll(() => notices("ALARM"), { timeout: 60_000 }).toEqual(expect.arrayContaining(names));
    await expect.poll(() => notices("OK"), { timeout: 60_000 }).toEqual(expect.arrayContaining(names));
  });

  it("what the deployed functions log has the metrics that alarms look at", async () => {
    const stack = running();
    const { aws, deployed } = stack.prewarm;
    const measured = async (logGroup: string) =>
      (await logLines(aws, deployed.resource(logGroup, "AWS::Logs::LogGroup"))).flatMap(embeddedMetrics);
    const look = () => invoke(aws, deployed.resource("PrewarmMonitoringWatch", "AWS::Lambda::Function"));
    await stack.untilAgents(0);
    const before = (await measured("PrewarmMonitoringWatchLogs")).length;
    await look();
    expect(await measured("PrewarmMonitoringWatchLogs")).toHaveLength(before);

    stack.setFaults(({ method, path }) =>
      method === "GET" && path.startsWith("/index") ? { kind: "status", status: 403 } : undefined,
    );
    const reqId = await stack.start(body({ pops: ["SIN2-C1"] }));
    await look();
    await stack.until(reqId, "FINISHED");
    const ours = (await alarmsOf(stack)).filter(({ Namespace }) => !Namespace.startsWith("AWS/"));
    const looks = await measured("PrewarmMonitoringWatchLogs");
    for (const { Namespace: namespace, MetricName: name } of ours)
      expect(looks).toContainEqual({ namespace, name, dimensions: {}, values: [expect.any(Number)] });
    const [{ Namespace: namespace } = { Namespace: "" }] = ours;
    const counted = await measured("PrewarmPipelineAggregationLogs");
    expect(counted).toContainEqual({ namespace, name: "FailedTasks", dimensions: { reason: "http_4xx" }, values: [1] });
    expect(counted).toContainEqual({ namespace, name: "TaskDuration", dimensions: {}, values: expect.any(Array) });
    await stack.untilAgents(0);
  });
});
