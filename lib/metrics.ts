import { Duration } from "aws-cdk-lib";
import type * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { AgentFleet } from "./agent-fleet.ts";
import type { Pipeline } from "./pipeline.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface MetricsProps {
  readonly tasks: TaskQueue;
  readonly pipeline: Pipeline;
  readonly fleet: AgentFleet;
  readonly groupName: string;
  readonly watch: lambda.Function;
  readonly functions: readonly lambda.Function[];
}

const PERIOD = Duration.minutes(5);

/** What is measured: AWS's own metrics, and what is read out of the logs, under `Prewarm/<group>`. */
export class Metrics extends Construct {
  readonly tasksDone: cloudwatch.IMetric;
  readonly bytes: cloudwatch.IMetric;
  readonly tasksFailed: cloudwatch.IMetric;
  readonly activeRequests: cloudwatch.IMetric;
  readonly instances: cloudwatch.IMetric;
  readonly orphans: cloudwatch.IMetric;
  readonly wantedInstances: cloudwatch.IMetric;
  /** Wanted but not there: Spot has none, or a quota is in the way. */
  readonly missingInstances: cloudwatch.IMetric;
  readonly queued: cloudwatch.IMetric;
  readonly queueAge: cloudwatch.IMetric;
  readonly deadLetters: cloudwatch.IMetric;
  readonly failedBatches: cloudwatch.IMetric;
  /** By the functions' ids, as the next two. */
  readonly errors: Readonly<Record<string, cloudwatch.IMetric>>;
  readonly throttles: Readonly<Record<string, cloudwatch.IMetric>>;
  readonly iteratorAge: Readonly<Record<string, cloudwatch.IMetric>>;

  constructor(scope: Construct, id: string, props: MetricsProps) {
    super(scope, id);
    const { tasks, pipeline, groupName, watch, functions } = props;
    const log = (name: string, of: lambda.Function, message: string, field: string, statistic: string) =>
      new logs.MetricFilter(this, name, {
        logGroup: of.logGroup,
        filterPattern: logs.FilterPattern.stringValue("$.message", "=", message),
        metricNamespace: `Prewarm/${groupName}`,
        metricName: name,
        metricValue: field,
      }).metric({ statistic, period: PERIOD });
    this.tasksDone = log("Tasks", pipeline.aggregation, "Counted", "$.count", "Sum");
    this.bytes = log("Bytes", pipeline.aggregation, "Counted", "$.size", "Sum");
    this.tasksFailed = log("FailedTasks", pipeline.aggregation, "Counted", "$.failed", "Sum");
    this.activeRequests = log("ActiveRequests", watch, "Fleet and work", "$.active", "Maximum");
    this.instances = log("Instances", watch, "Fleet and work", "$.instances", "Maximum");
    this.orphans = log("OrphanInstances", watch, "Fleet and work", "$.orphans", "Minimum");

    this.wantedInstances = log("WantedInstances", watch, "Fleet and work", "$.wanted", "Minimum");
    this.missingInstances = log("MissingInstances", watch, "Fleet and work", "$.missing", "Minimum");

    const last = { statistic: "Maximum", period: PERIOD };
    this.queued = tasks.queue.metricApproximateNumberOfMessagesVisible(last);
    this.queueAge = tasks.queue.metricApproximateAgeOfOldestMessage(last);
    this.deadLetters = tasks.deadLetters.metricApproximateNumberOfMessagesVisible(last);
    this.failedBatches = pipeline.failedBatches.metricApproximateNumberOfMessagesVisible(last);
    this.errors = byId(functions, (fn) => fn.metricErrors({ period: PERIOD }));
    this.throttles = byId(functions, (fn) => fn.metricThrottles({ period: PERIOD }));
    const readers = [pipeline.getSize, pipeline.task, pipeline.aggregation, pipeline.shutdown];
    this.iteratorAge = byId(readers, (fn) => fn.metric("IteratorAge", last));
  }
}

function byId(functions: readonly lambda.Function[], metric: (fn: lambda.Function) => cloudwatch.Metric) {
  return Object.fromEntries(functions.map((fn) => [fn.node.id, metric(fn)]));
}
