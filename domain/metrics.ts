/** Metrics of our own, and their units. CloudWatch takes them out of log lines; `lib` graphs them and sets alarms on them. */
const UNITS = {
  Tasks: "Count",
  Bytes: "Bytes",
  FailedTasks: "Count",
  TaskDuration: "Milliseconds",
  ActiveRequests: "Count",
  Instances: "Count",
  WantedInstances: "Count",
  MissingInstances: "Count",
  OrphanInstances: "Count",
  /** Stalled requests: active, with instances, and no result, heartbeat or step for `stallSeconds`. */
  StuckRequests: "Count",
  /** Runs of a function that ended with an error, a timeout or a crash: `lib` takes them from the function's log. */
  FunctionFailures: "Count",
  /** Items, results and stream records that this version could not read. */
  Unreadable: "Count",
} as const;

export type MetricName = keyof typeof UNITS;

/** Of one metric, a log line holds no more values than this. */
export const MAX_VALUES = 100;

export function metricNamespace(groupName: string): string {
  return `Prewarm/${groupName}`;
}

/**
 * Fields of a log line that make CloudWatch take these metrics from it, the embedded metric format:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
 * Each name, and each combination of dimensions, is a metric that is paid for in every hour in which it has a value: so
 * dimensions have few values.
 */
export function withMetrics(
  namespace: string,
  values: Readonly<Partial<Record<MetricName, number | readonly number[]>>>,
  dimensions: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: UNITS[Name as MetricName] }));
  const directive = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics };
  return { ...dimensions, ...values, _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] } };
}
