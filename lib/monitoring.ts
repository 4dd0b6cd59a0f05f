import { type CfnParameter, type CfnResource, Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { AlarmTopic } from "./alarm-topic.ts";
import { alarms, type Watched } from "./alarms.ts";
import { allow } from "./allow.ts";
import { Dashboard } from "./dashboard.ts";
import { IsWatched } from "./is-watched.ts";
import { Metrics } from "./metrics.ts";
import type { Pipeline } from "./pipeline.ts";
import { PipelineFunction } from "./pipeline-function.ts";
import { stallSeconds } from "./stall-seconds.ts";
import type { Storage } from "./storage.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface MonitoringProps {
  readonly storage: Storage;
  readonly tasks: TaskQueue;
  readonly pipeline: Pipeline;
  readonly groupName: string;
  /** E-mail address that alarms are sent to; empty: none. */
  readonly alarmEmail: CfnParameter;
}

/**
 * When Watch runs: in the middle of each period of the alarms. Otherwise one period might have two runs and the next
 * one none.
 */
const LOOKS = events.Schedule.cron({ minute: "2/5" });

/**
 * Dashboard and alarms, and Watch, the function that compares the fleet with the work. Each alarm names its runbook.
 */
export class Monitoring extends Construct {
  private readonly topic: AlarmTopic;
  private readonly isWatched: IsWatched;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { pipeline } = props;
    this.isWatched = new IsWatched(this, "IsWatched");
    this.topic = new AlarmTopic(this, "Topic", props.alarmEmail);
    const watch = this.watch(props);
    const { api, getSize, expand, task, aggregation, shutdown, deadLetters } = pipeline;
    const functions = [api, getSize, expand, task, aggregation, shutdown, deadLetters, watch];
    const metrics = new Metrics({ ...props, watch, functions });
    for (const [name, watched] of Object.entries(alarms(metrics))) this.alarm(name, watched);
    this.ifWatched(new Dashboard(this, "Dashboard", metrics).page);
  }

  private watch({ storage, tasks, pipeline, groupName }: MonitoringProps): PipelineFunction {
    const watch = new PipelineFunction(this, "Watch", {
      name: "watch",
      timeout: Duration.minutes(1),
      environment: {
        REQUEST_TABLE: storage.requests.tableName,
        REQUEST_POP_TABLE: storage.requestPops.tableName,
        PROGRESS_TABLE: storage.progress.tableName,
        QUEUE_URL: tasks.queue.queueUrl,
        EXPRESS_QUEUE_URL: tasks.express.queueUrl,
        STEP_QUEUE_URL: pipeline.steps.queue.queueUrl,
        EXPAND_QUEUE_URL: pipeline.expansions.queue.queueUrl,
        STALL_SECONDS: stallSeconds(this),
        GROUP_NAME: groupName,
      },
    });
    allow(watch, ["dynamodb:GetItem", "dynamodb:UpdateItem"], storage.requests.tableArn);
    // To have Task fan out again what it has left.
    allow(watch, ["dynamodb:Query", "dynamodb:UpdateItem"], storage.requestPops.tableArn);
    allow(watch, ["dynamodb:Query"], storage.activeIndexArn, storage.closingIndexArn);
    allow(watch, ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], storage.progress.tableArn);
    allow(watch, ["sqs:SendMessage"], pipeline.steps.queue.queueArn, pipeline.expansions.queue.queueArn);
    allow(watch, ["sqs:GetQueueAttributes"], ...tasks.arns);
    // Describing groups cannot be limited to a resource.
    allow(watch, ["autoscaling:DescribeAutoScalingGroups"], "*");
    new events.Rule(this, "Look", { schedule: LOOKS, targets: [new targets.LambdaFunction(watch)] });
    return watch;
  }

  private alarm(id: string, { metric, limit, periods, of, runbook, says }: Watched): void {
    const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
    const { NOT_BREACHING, BREACHING } = cloudwatch.TreatMissingData;
    const isAbove = "above" in limit;
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmDescription: `${says}. What to do: docs/operations.md#${runbook}`,
      metric,
      threshold: isAbove ? limit.above : limit.below,
      comparisonOperator: isAbove ? GREATER_THAN_THRESHOLD : LESS_THAN_THRESHOLD,
      evaluationPeriods: of ?? periods,
      datapointsToAlarm: periods,
      // No value means that nothing happened. That is fine, except for what must happen all the time.
      treatMissingData: isAbove ? NOT_BREACHING : BREACHING,
    });
    alarm.addAlarmAction(this.topic);
    alarm.addOkAction(this.topic);
    this.ifWatched(alarm);
  }

  private ifWatched(part: Construct): void {
    (part.node.defaultChild as CfnResource).cfnOptions.condition = this.isWatched;
  }
}
