import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { embeddedMetrics } from "../cloudwatch/embedded-metrics.ts";
import { cloudWatch, invoke, logLines, subscribe } from "./aws-call.ts";
import { body } from "./bodies.ts";
import type { Stack } from "./stack.ts";

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmActions: z.array(z.string()),
  StateValue: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
  Statistic: z.string(),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
});
type Alarm = z.infer<typeof alarmSchema>;
const alarmsSchema = z.object({ MetricAlarms: z.array(alarmSchema) });
const noticeSchema = z.object({ AlarmName: z.string(), NewStateValue: z.string(), AlarmDescription: z.string() });

/** So long, in seconds, a value that trips an alarm is still of account when it is put: the emulator goes by the clock. */
const LASTS = 4;

/**
 * The emulator takes one statistic over all of an alarm's periods at once, and over all metrics of that name: that this
 * is what CloudWatch would do, test/lib/monitoring.test.ts does not rely on. What is tried here is that each deployed
 * alarm looks at a metric that can be put, at that side of its threshold, and tells the topic.
 */
export function watching(running: () => Stack): void {
  const put = async ({ prewarm }: Stack, alarm: Alarm, value: number, secondsAgo: number) => {
    const { Namespace, MetricName, Dimensions } = alarm;
    const datum = { MetricName, Dimensions, Value: value, Timestamp: Date.now() / 1_000 - secondsAgo };
    await cloudWatch(prewarm.aws, "PutMetricData", { Namespace, MetricData: [datum] });
  };
  const alarmsOf = async ({ prewarm }: Stack) => {
    const topic = prewarm.deployed.resource("PrewarmMonitoringTopic", "AWS::SNS::Topic");
    const all = await cloudWatch(prewarm.aws, "DescribeAlarms", { MaxRecords: 100 });
    return alarmsSchema.parse(all).MetricAlarms.filter(({ AlarmActions }) => AlarmActions.includes(topic));
  };

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
    expect(minima).toHaveLength(2);
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
        { timeout: 20_000, interval: 500 },
      )
      .toEqual(["OK"]);
    const names = alarms.map(({ AlarmName }) => AlarmName);
    await expect.poll(() => notices("ALARM"), { timeout: 10_000 }).toEqual(expect.arrayContaining(names));
    await expect.poll(() => notices("OK"), { timeout: 10_000 }).toEqual(expect.arrayContaining(names));
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
}

/** Subscribes to the alarms' topic. @returns names of the alarms that were told to have come to a state, so far */
async function listen({ prewarm }: Stack): Promise<(state: string) => Promise<string[]>> {
  const { aws, clients, deployed } = prewarm;
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "notices" }));
  onTestFinished(async () => void (await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }))));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await subscribe(aws, deployed.resource("PrewarmMonitoringTopic", "AWS::SNS::Topic"), Attributes?.["QueueArn"] ?? "");
  const seen: z.infer<typeof noticeSchema>[] = [];
  return async (state) => {
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body = "" } of Messages) {
      const { Message } = z.object({ Message: z.string() }).parse(JSON.parse(Body));
      const notice = noticeSchema.parse(JSON.parse(Message));
      expect(notice.AlarmDescription).toMatch(/docs\/operations\.md#[\w-]+$/);
      seen.push(notice);
    }
    return seen.filter(({ NewStateValue }) => NewStateValue === state).map(({ AlarmName }) => AlarmName);
  };
}
