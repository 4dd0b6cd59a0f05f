// The metrics of a deployment, and the alarms on them.
import { Duration, Token } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { type MetricName, metricNamespace } from "../domain/metrics.ts";
import { metricReasons } from "../domain/result/failure.ts";
import type { Parameters } from "./parameters.ts";
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
    bytesPerHour: own("Bytes", "Sum", { period: Duration.hours(1) }),
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
    /** Watch receives them within a minute: their number is measured once a minute, and may be 0 each time. */
    deadLetters: queues.deadLetters.metricNumberOfMessagesReceived({ statistic: "Sum", period: PERIOD }),
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

/** An alarm: its threshold, and its section of the runbook. */
export interface AlarmDefinition {
  readonly metric: cloudwatch.IMetric;
  /** A value above this one breaches. @default 0 */
  readonly above?: number;
  /** A value below this one breaches instead, and so does no value. */
  readonly below?: number;
  /** `periods` of the last `of` periods must breach: of five minutes, unless the metric has others. @default 1 */
  readonly periods?: number;
  /** @default the same as `periods` */
  readonly outOf?: number;
  /** Values of the parameter `monitoring` with which it exists. @default "on and full" */
  readonly monitoringLevels?: "on and full" | "full" | "on";
  /** Anchor of its heading in docs/operations.md. */
  readonly runbook: string;
  /** First sentence of the alarm's description. */
  readonly summary: string;
}

/** A function that keeps running into its timeout of 15 minutes has an error in every third period only. */
const TWICE_IN_HALF_AN_HOUR = { periods: 2, outOf: 6 };

/** By the alarms' ids. */
export function alarms(metrics: Metrics, parameters: Parameters): Record<string, AlarmDefinition> {
  const each = (name: string, of: Metrics["errors"], rest: Omit<AlarmDefinition, "metric" | "monitoringLevels">) =>
    Object.fromEntries(
      Object.entries(of).map(([fn, metric]) => [
        `${fn}${name}Alarm`,
        { metric, monitoringLevels: "full", ...rest } as const,
      ]),
    );
  return {
    // One alarm for each function would cost seven times as much.
    FunctionFailuresAlarm: {
      metric: metrics.functionFailures,
      monitoringLevels: "on",
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      summary: "A function keeps failing",
    },
    // A single failure needs no alarm: the call is retried.
    ...each("Errors", metrics.errors, {
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "function-errors",
      summary: "A function keeps failing",
    }),
    ...each("Throttles", metrics.throttles, {
      periods: 2,
      runbook: "function-throttles",
      summary: "A function has been throttled for ten minutes",
    }),
    ...each("IteratorAge", metrics.iteratorAge, {
      above: 300_000,
      ...TWICE_IN_HALF_AN_HOUR,
      runbook: "late-streams",
      summary: "A stream keeps being read more than five minutes late",
    }),
    LateSettlementsAlarm: {
      metric: metrics.settlementAge,
      monitoringLevels: "full",
      above: 900_000,
      runbook: "late-settlements",
      summary: "A settlement check of a request has waited for more than 15 minutes",
    },
    DeadLettersAlarm: {
      metric: metrics.deadLetters,
      runbook: "dead-letters",
      summary: "There are tasks that no agent could finish",
    },
    FailedBatchesAlarm: {
      metric: metrics.failedBatches,
      runbook: "failed-batches",
      summary: "A function gave up on a batch of stream records or an invocation",
    },
    OrphansAlarm: {
      // 20 minutes: agents without work leave the group by themselves before that.
      metric: metrics.orphans,
      periods: 4,
      runbook: "orphan-instances",
      summary: "Instances run, but no request is active",
    },
    CapacityAlarm: {
      metric: metrics.missingInstances,
      periods: 2,
      runbook: "no-instances",
      summary: "Spot or a quota has provided fewer instances than wanted for ten minutes",
    },
    StuckRequestsAlarm: {
      // The metric itself waits for a quarter of an hour.
      metric: metrics.stuckRequests,
      runbook: "stuck-requests",
      summary: "A request has instances and has made no progress for 15 minutes",
    },
    BytesAlarm: {
      metric: metrics.bytesPerHour,
      // A text, which holds a number.
      above: Token.asNumber(parameters.alarmBytesPerHour.value),
      runbook: "many-bytes",
      summary: "More bytes than alarmBytesPerHour were transferred within an hour",
    },
    SilenceAlarm: {
      metric: metrics.watchRuns,
      monitoringLevels: "full",
      below: 1,
      periods: 3,
      runbook: "watch-does-not-run",
      summary: "Watch has not run for 15 minutes",
    },
  };
}
