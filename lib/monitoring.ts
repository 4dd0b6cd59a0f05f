import { Aws, CfnCondition, type CfnParameter, type CfnResource, Fn } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import * as sns from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { type MetricName, metricNamespace } from "../domain/metrics.ts";
import { type AlarmDefinition, alarms, type Metrics, type MonitoringProps, metricsOf } from "./alarms.ts";
import { isGiven } from "./parameters.ts";
import { allow } from "./permissions.ts";
import { PipelineFunction } from "./pipeline-function.ts";
import { WATCH_INTERVAL } from "./queues.ts";

/** When Watch runs. It alone finds stalled requests. */
const WATCH_SCHEDULE = events.Schedule.rate(WATCH_INTERVAL);

/**
 * What Lambda reports of a run that ends with an error, a timeout or a crash. Fields that only Lambda writes: a term would also match
 * text of an origin in a line of the function.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
const FAILED_RUN = `{ ($.type = "platform.report") && (${["error", "failure", "timeout"]
  .map((status) => `($.record.status = "${status}")`)
  .join(" || ")}) }`;

/**
 * Dashboard and alarms, and Watch, the function that compares the fleet with the work and reads dead letters. Each alarm names its runbook.
 */
export class Monitoring extends Construct {
  private readonly action: cloudwatch.IAlarmAction;
  private readonly conditions: Readonly<Record<"on and full" | "full" | "on", CfnCondition>>;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const monitoring = props.parameters.monitoring.valueAsString;
    const isOn = Fn.conditionEquals(monitoring, "on");
    const isFull = Fn.conditionEquals(monitoring, "full");
    this.conditions = {
      "on and full": new CfnCondition(this, "IsWatched", { expression: Fn.conditionOr(isOn, isFull) }),
      full: new CfnCondition(this, "IsFull", { expression: isFull }),
      on: new CfnCondition(this, "IsOn", { expression: isOn }),
    };
    this.action = new SnsAction(this.topic(props.parameters.alarmEmail));
    const watch = this.watch(props);
    const metrics = metricsOf(props, watch);
    for (const [name, definition] of Object.entries(alarms(metrics, props.parameters))) this.alarm(name, definition);
    for (const fn of [...props.pipeline.functions, watch]) this.countFailures(fn, props.groupName);
    // Beyond the first three of an account, a dashboard costs more than everything else that is idle.
    this.onlyIf("full", dashboard(new Construct(this, "Dashboard"), metrics));
  }

  private watch({ storage, queues, pipeline }: MonitoringProps): PipelineFunction {
    const watch = new PipelineFunction(this, "Watch", {
      name: "watch",
      timeout: WATCH_INTERVAL,
      environment: {
        ...pipeline.variables,
        DEAD_LETTER_QUEUE_URL: queues.deadLetters.queueUrl,
        EXPAND_ARN: pipeline.expand.functionArn,
      },
    });
    allow(watch, ["dynamodb:GetItem", "dynamodb:UpdateItem"], storage.requests.tableArn);
    // To have Task fan out again what it has left.
    allow(watch, ["dynamodb:Query", "dynamodb:UpdateItem"], storage.requestPops.tableArn);
    allow(watch, ["dynamodb:Query"], storage.activeIndexArn, storage.closingIndexArn);
    allow(watch, ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"], storage.progress.tableArn);
    allow(watch, ["lambda:InvokeFunction"], pipeline.shutdown.functionArn, pipeline.expand.functionArn);
    allow(watch, ["sqs:GetQueueAttributes"], ...queues.arns, queues.deadLetters.queueArn);
    // It reads the dead letters, writes the results of their tasks and queues what waited for a lead that is dead.
    allow(watch, ["sqs:ReceiveMessage", "sqs:DeleteMessage"], queues.deadLetters.queueArn);
    allow(watch, ["dynamodb:BatchGetItem", "dynamodb:PutItem"], storage.requestTasks.tableArn);
    allow(watch, ["sqs:SendMessage"], ...queues.arns, pipeline.failedBatches.queueArn);
    // Describing groups cannot be limited to a resource.
    allow(watch, ["autoscaling:DescribeAutoScalingGroups"], "*");
    new events.Rule(this, "Schedule", { schedule: WATCH_SCHEDULE, targets: [new targets.LambdaFunction(watch)] });
    return watch;
  }

  /**
   * Has CloudWatch count failed runs in the log. A metric filter costs nothing, and the metric only in hours with a failure.
   * `FunctionFailuresAlarm` is one alarm for all functions: an alarm on a sum of metrics costs as much as one for each of them.
   */
  private countFailures(fn: PipelineFunction, groupName: string): void {
    const filter = new logs.CfnMetricFilter(fn, "Failures", {
      logGroupName: fn.logGroup.logGroupName,
      filterPattern: FAILED_RUN,
      metricTransformations: [
        {
          metricNamespace: metricNamespace(groupName),
          metricName: "FunctionFailures" satisfies MetricName,
          metricValue: "1",
        },
      ],
    });
    filter.cfnOptions.condition = this.conditions.on;
  }

  private alarm(
    id: string,
    {
      metric,
      above = 0,
      below,
      periods = 1,
      outOf = periods,
      monitoringLevels = "on and full",
      runbook,
      summary,
    }: AlarmDefinition,
  ): void {
    const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
    const { NOT_BREACHING, BREACHING } = cloudwatch.TreatMissingData;
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmDescription: `${summary}. What to do: docs/operations.md#${runbook}`,
      metric,
      threshold: below ?? above,
      comparisonOperator: below === undefined ? GREATER_THAN_THRESHOLD : LESS_THAN_THRESHOLD,
      evaluationPeriods: outOf,
      datapointsToAlarm: periods,
      // No value means that nothing happened. That is fine, except for what must happen all the time.
      treatMissingData: below === undefined ? NOT_BREACHING : BREACHING,
    });
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
    this.onlyIf(monitoringLevels, alarm);
  }

  private onlyIf(monitoring: keyof Monitoring["conditions"], part: Construct): void {
    (part.node.defaultChild as CfnResource).cfnOptions.condition = this.conditions[monitoring];
  }

  /** Where alarms go: a topic, and an e-mail address if one is given. Others may subscribe to the topic. */
  private topic(email: CfnParameter): sns.Topic {
    const topic = new sns.Topic(this, "Topic", { displayName: "Prewarm alarms", enforceSSL: true });
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    const subscription = new sns.CfnSubscription(topic, "Email", {
      topicArn: topic.topicArn,
      protocol: "email",
      endpoint: email.valueAsString,
    });
    subscription.cfnOptions.condition = isGiven(topic, "HasEmail", email.valueAsString);
    return topic;
  }
}

/** One page: progress, fleet and failures. An account's first three dashboards, of up to 50 metrics each, are free. */
function dashboard(scope: Construct, metrics: Metrics): cloudwatch.Dashboard {
  const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } });
  return new cloudwatch.Dashboard(scope, "Page", {
    widgets: [
      [
        graph("Tasks", metrics.tasksDone, metrics.tasksFailed),
        graph("Bytes", metrics.bytes),
        graph("Download time (ms)", ...metrics.durations),
      ],
      [
        graph("Failures by reason", ...metrics.failures),
        graph("Queue", ...metrics.queued),
        graph("Age of the oldest task (s)", ...metrics.queueAges),
      ],
      [
        graph("Instances", metrics.instances, metrics.wantedInstances, metrics.missingInstances, metrics.orphans),
        graph("Active requests", metrics.activeRequests, metrics.stuckRequests),
        graph("Given up, or unreadable", metrics.deadLetters, metrics.failedBatches, metrics.unreadable),
      ],
      [
        graph("Errors", ...Object.values(metrics.errors)),
        graph("Throttles", ...Object.values(metrics.throttles)),
        graph("Stream delay (ms)", ...Object.values(metrics.iteratorAge)),
      ],
    ],
  });
}
