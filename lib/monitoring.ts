import { type CfnParameter, Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { AgentFleet } from "./agent-fleet.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { allow } from "./allow.ts";
import { Dashboard } from "./dashboard.ts";
import { Metrics } from "./metrics.ts";
import type { Pipeline } from "./pipeline.ts";
import { PipelineFunction } from "./pipeline-function.ts";
import type { Storage } from "./storage.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface MonitoringProps {
  readonly storage: Storage;
  readonly tasks: TaskQueue;
  readonly pipeline: Pipeline;
  readonly fleet: AgentFleet;
  readonly groupName: string;
  /** Address that alarms are sent to; an empty one: nobody's. */
  readonly alarmEmail: CfnParameter;
}

/** How often the fleet is compared with the work that there is. */
const LOOK_EVERY = Duration.minutes(5);

interface Watched {
  readonly metric: cloudwatch.IMetric;
  readonly above: number;
  readonly minutes: number;
  /** Heading of docs/operations.md that says what to do. */
  readonly runbook: string;
  readonly says: string;
}

/** Eyes on all of it: metrics, a dashboard, and alarms that say where in the runbook to look. */
export class Monitoring extends Construct {
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { pipeline } = props;
    this.topic = new AlarmTopic(this, "Topic", props.alarmEmail);
    const watch = this.watch(props);
    const functions = [pipeline.api, pipeline.getSize, pipeline.task, pipeline.aggregation, pipeline.shutdown, watch];
    const metrics = new Metrics(this, "Metrics", { ...props, watch, functions });
    for (const [name, watched] of Object.entries(alarms(metrics))) this.alarm(name, watched);
    new Dashboard(this, "Dashboard", metrics, props.fleet.logs.logGroup);
  }

  private watch({ storage, groupName }: MonitoringProps): PipelineFunction {
    const watch = new PipelineFunction(this, "Watch", {
      name: "watch",
      timeout: Duration.minutes(1),
      environment: { REQUEST_TABLE: storage.requests.tableName, GROUP_NAME: groupName },
    });
    allow(watch, ["dynamodb:GetItem"], storage.requests.tableArn);
    allow(watch, ["dynamodb:Query"], storage.activeIndexArn);
    // Describing groups knows no resource.
    allow(watch, ["autoscaling:DescribeAutoScalingGroups"], "*");
    new events.Rule(this, "Look", {
      schedule: events.Schedule.rate(LOOK_EVERY),
      targets: [new targets.LambdaFunction(watch)],
    });
    return watch;
  }

  private alarm(id: string, { metric, above, minutes, runbook, says }: Watched): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmDescription: `${says}. What to do: docs/operations.md#${runbook}`,
      metric,
      threshold: above,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes / 5,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.topic);
    alarm.addOkAction(this.topic);
  }
}

function alarms(metrics: Metrics): Record<string, Watched> {
  const each = (name: string, of: Metrics["errors"], rest: Omit<Watched, "metric">) =>
    Object.fromEntries(Object.entries(of).map(([fn, metric]) => [`${fn}${name}Alarm`, { metric, ...rest }]));
  return {
    // One failure is tried again by itself.
    ...each("Errors", metrics.errors, {
      ...{ above: 0, minutes: 10, runbook: "function-errors", says: "A function fails, for ten minutes" },
    }),
    ...each("Throttles", metrics.throttles, {
      ...{ above: 0, minutes: 10, runbook: "function-throttles", says: "A function is throttled, for ten minutes" },
    }),
    ...each("IteratorAge", metrics.iteratorAge, {
      ...{ above: 300_000, minutes: 10, runbook: "late-streams", says: "A stream is read five minutes late" },
    }),
    DeadLettersAlarm: {
      metric: metrics.deadLetters,
      ...{ above: 0, minutes: 5, runbook: "dead-letters", says: "Tasks that no agent could finish" },
    },
    FailedBatchesAlarm: {
      metric: metrics.failedBatches,
      ...{ above: 0, minutes: 5, runbook: "failed-batches", says: "A function gave up on a part of a stream" },
    },
    OrphansAlarm: {
      metric: metrics.orphans,
      // Longer than agents without work wait before they leave the group by themselves.
      ...{ above: 0, minutes: 20, runbook: "orphan-instances", says: "Instances run, and no request is active" },
    },
    CapacityAlarm: {
      metric: metrics.missingInstances,
      ...{
        above: 0,
        minutes: 15,
        runbook: "no-instances",
        says: "Fewer instances than wanted, for a quarter of an hour",
      },
    },
  };
}
