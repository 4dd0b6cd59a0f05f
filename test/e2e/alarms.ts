// Provides the alarms of a deployed stack: puts values of their metrics, and receives what their topic tells.
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import { expect, onTestFinished } from "vitest";
import * as z from "zod";
import { cloudWatch, subscribe, unsubscribe } from "./aws-call.ts";
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
export type Alarm = z.infer<typeof alarmSchema>;
const alarmsSchema = z.object({ MetricAlarms: z.array(alarmSchema) });
const noticeSchema = z.object({ AlarmName: z.string(), NewStateValue: z.string(), AlarmDescription: z.string() });

/** The stack's own alarms: those that tell its topic. */
export async function alarmsOf({ prewarm }: Stack): Promise<Alarm[]> {
  const topic = prewarm.deployed.resource("PrewarmMonitoringTopic", "AWS::SNS::Topic");
  const all = await cloudWatch(prewarm.aws, "DescribeAlarms", { MaxRecords: 100 });
  return alarmsSchema.parse(all).MetricAlarms.filter(({ AlarmActions }) => AlarmActions.includes(topic));
}

/** Puts a value of the metric that an alarm looks at. */
export async function put({ prewarm }: Stack, alarm: Alarm, value: number, secondsAgo: number): Promise<void> {
  const { Namespace, MetricName, Dimensions } = alarm;
  const datum = { MetricName, Dimensions, Value: value, Timestamp: Date.now() / 1_000 - secondsAgo };
  await cloudWatch(prewarm.aws, "PutMetricData", { Namespace, MetricData: [datum] });
}

/**
 * Subscribes to the alarms' topic until the test ends. Every notice must say where the runbook is.
 * @returns names of the alarms that were told to have come to a state, so far
 */
export async function listen({ prewarm }: Stack): Promise<(state: string) => Promise<string[]>> {
  const { aws, clients, deployed } = prewarm;
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "notices" }));
  onTestFinished(async () => void (await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }))));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const topic = deployed.resource("PrewarmMonitoringTopic", "AWS::SNS::Topic");
  const subscription = await subscribe(aws, topic, Attributes?.["QueueArn"] ?? "");
  onTestFinished(() => unsubscribe(aws, subscription));
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
