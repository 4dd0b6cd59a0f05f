import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { type MetricName, metricNamespace, metricReasons } from "../domain/metrics.ts";
import type { Pipeline } from "./pipeline.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface MetricsProps {
  readonly tasks: TaskQueue;
  readonly pipeline: Pipeline;
  readonly groupName: string;
  readonly watch: lambda.Function;
  readonly functions: readonly lambda.Function[];
}

const PERIOD = Duration.minutes(5);

/** All metrics: AWS's own, and ours, which CloudWatch takes from the lines that functions log. */
export class Metrics {
  readonly tasksDone: cloudwatch.IMetric;
  readonly bytes: cloudwatch.IMetric;
  readonly tasksFailed: cloudwatch.IMetric;
  readonly failures: readonly cloudwatch.IMetric[];
  /** Download times: the 90th and the 99th percentile. */
  readonly durations: readonly cloudwatch.IMetric[];
  readonly activeRequests: cloudwatch.IMetric;
  readonly instances: cloudwatch.IMetric;
  readonly orphans: cloudwatch.IMetric;
  readonly wantedInstances: cloudwatch.IMetric;
  /** Wanted but not there: Spot has no capacity, or a quota is reached. */
  readonly missingInstances: cloudwatch.IMetric;
  /** Active requests that have instances and make no progress. */
  readonly stuckRequests: cloudwatch.IMetric;
  /** One for each queue of tasks, like the next. */
  readonly queued: readonly cloudwatch.IMetric[];
  readonly queueAges: readonly cloudwatch.IMetric[];
  /** How long events of Shutdown wait in Lambda's queue, with the runs before that failed. In milliseconds. */
  readonly settlementAge: cloudwatch.IMetric;
  readonly deadLetters: cloudwatch.IMetric;
  readonly failedBatches: cloudwatch.IMetric;
  /** Items, results and records that a function could not read and skipped. */
  readonly unreadable: cloudwatch.IMetric;
  /** Calls of Watch, the function that looks at the fleet. */
  readonly looks: cloudwatch.IMetric;
  /** Failed runs of all functions together, from what the Lambda runtime logs of them. */
  readonly functionFailures: cloudwatch.IMetric;
  /** By the ids of the functions, like the next two, which some have not. */
  readonly errors: Readonly<Record<string, cloudwatch.IMetric>>;
  readonly throttles: Readonly<Record<string, cloudwatch.IMetric>>;
  readonly iteratorAge: Readonly<Record<string, cloudwatch.IMetric>>;

  constructor({ tasks, pipeline, groupName, watch, functions }: MetricsProps) {
    const own = (metricName: MetricName, statistic: string, options: Partial<cloudwatch.MetricProps> = {}) =>
      new cloudwatch.Metric({
        namespace: metricNamespace(groupName),
        metricName,
        statistic,
        period: PERIOD,
        ...options,
      });
    this.tasksDone = own("Tasks", "Sum");
    this.bytes = own("Bytes", "Sum");
    this.tasksFailed = own("FailedTasks", "Sum");
    this.failures = metricReasons.map((reason) =>
      own("FailedTasks", "Sum", { dimensionsMap: { reason }, label: reason }),
    );
    this.durations = ["p90", "p99"].map((percentile) => own("TaskDuration", percentile, { label: percentile }));
    this.activeRequests = own("ActiveRequests", "Maximum");
    this.instances = own("Instances", "Maximum");
    this.orphans = own("OrphanInstances", "Minimum");
    this.wantedInstances = own("WantedInstances", "Minimum");
    this.missingInstances = own("MissingInstances", "Minimum");
    this.stuckRequests = own("StuckRequests", "Minimum");
    this.unreadable = own("Unreadable", "Sum");

    const last = { statistic: "Maximum", period: PERIOD };
    const queues = [tasks.queue, tasks.express];
    this.queued = queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible(last));
    this.queueAges = queues.map((queue) => queue.metricApproximateAgeOfOldestMessage(last));
    this.settlementAge = pipeline.shutdown.metric("AsyncEventAge", last);
    this.deadLetters = tasks.deadLetters.metricApproximateNumberOfMessagesVisible(last);
    this.failedBatches = pipeline.failedBatches.metricApproximateNumberOfMessagesVisible(last);
    this.functionFailures = own("FunctionFailures", "Sum");
    this.looks = watch.metricInvocations({ period: PERIOD });
    this.errors = byId(functions, (fn) => fn.metricErrors({ period: PERIOD }));
    // A Watch that is throttled does not run, which is seen; events of Expand wait in Lambda's queue.
    const hurried = functions.filter((fn) => fn !== watch && fn !== pipeline.expand);
    this.throttles = byId(hurried, (fn) => fn.metricThrottles({ period: PERIOD }));
    const readers = [pipeline.getSize, pipeline.task, pipeline.aggregation];
    this.iteratorAge = byId(readers, (fn) => fn.metric("IteratorAge", last));
  }
}

function byId(functions: readonly lambda.Function[], metric: (fn: lambda.Function) => cloudwatch.Metric) {
  return Object.fromEntries(functions.map((fn) => [fn.node.id, metric(fn)]));
}
