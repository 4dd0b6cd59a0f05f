import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { type MetricName, metricNamespace } from "../domain/metrics.ts";
import { metricReasons } from "../domain/result/failure.ts";
import type { Pipeline, PipelineProps } from "./pipeline.ts";

export interface MonitoringProps extends PipelineProps {
  readonly pipeline: Pipeline;
}

const PERIOD = Duration.minutes(5);

export type Metrics = ReturnType<typeof metricsOf>;

/** All metrics: AWS's own, and ours, which CloudWatch takes from the lines that functions log. Those of functions are by the function's id. */
export function metricsOf({ queues, pipeline, groupName }: MonitoringProps, watch: lambda.Function) {
  const own = (metricName: MetricName, statistic: string, options: Partial<cloudwatch.MetricProps> = {}) =>
    new cloudwatch.Metric({
      namespace: metricNamespace(groupName),
      metricName,
      statistic,
      period: PERIOD,
      ...options,
    });
  const last = { statistic: "Maximum", period: PERIOD };
  const taskQueues = [queues.main, queues.express];
  return {
    tasksDone: own("Tasks", "Sum"),
    bytes: own("Bytes", "Sum"),
    tasksFailed: own("FailedTasks", "Sum"),
    failures: metricReasons.map((reason) => own("FailedTasks", "Sum", { dimensionsMap: { reason }, label: reason })),
    /** Download times. */
    durations: ["p90", "p99"].map((percentile) => own("TaskDuration", percentile, { label: percentile })),
    activeRequests: own("ActiveRequests", "Maximum"),
    instances: own("Instances", "Maximum"),
    orphans: own("OrphanInstances", "Minimum"),
    wantedInstances: own("WantedInstances", "Minimum"),
    /** Wanted but not there: Spot has no capacity, or a quota is reached. */
    missingInstances: own("MissingInstances", "Minimum"),
    /** Active requests that have instances and make no progress. */
    stuckRequests: own("StuckRequests", "Minimum"),
    /** Items, results and records that a function could not read and skipped. */
    unreadable: own("Unreadable", "Sum"),
    queued: taskQueues.map((queue) => queue.metricApproximateNumberOfMessagesVisible(last)),
    queueAges: taskQueues.map((queue) => queue.metricApproximateAgeOfOldestMessage(last)),
    /** How long events of Shutdown wait in Lambda's queue, with the runs before that failed. In milliseconds. */
    settlementAge: pipeline.shutdown.metric("AsyncEventAge", last),
    deadLetters: queues.deadLetters.metricApproximateNumberOfMessagesVisible(last),
    failedBatches: pipeline.failedBatches.metricApproximateNumberOfMessagesVisible(last),
    /** Failed runs of all functions together, from what the Lambda runtime logs of them. */
    functionFailures: own("FunctionFailures", "Sum"),
    watchRuns: watch.metricInvocations({ period: PERIOD }),
    errors: byId([...pipeline.functions, watch], (fn) => fn.metricErrors({ period: PERIOD })),
    // A Watch that is throttled does not run, which is seen; events of Expand wait in Lambda's queue.
    throttles: byId(
      pipeline.functions.filter((fn) => fn !== pipeline.expand),
      (fn) => fn.metricThrottles({ period: PERIOD }),
    ),
    iteratorAge: byId([pipeline.getSize, pipeline.task, pipeline.aggregation], (fn) => fn.metric("IteratorAge", last)),
  };
}

function byId(functions: readonly lambda.Function[], metric: (fn: lambda.Function) => cloudwatch.Metric) {
  return Object.fromEntries(functions.map((fn) => [fn.node.id, metric(fn)]));
}
