import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Metrics } from "./metrics.ts";

/** One page: what is being warmed, with what, and what goes wrong. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, metrics: Metrics, agentLogs: logs.ILogGroup) {
    super(scope, id);
    const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } });
    new cloudwatch.Dashboard(this, "Page", {
      widgets: [
        [
          graph("Tasks", metrics.tasksDone, metrics.tasksFailed),
          graph("Bytes", metrics.bytes),
          graph("Queue", metrics.queued),
        ],
        [
          graph("Instances", metrics.instances, metrics.wantedInstances, metrics.orphans),
          graph("Active requests", metrics.activeRequests),
          graph("Age of the oldest task (s)", metrics.queueAge),
        ],
        [
          graph("Errors and throttles", ...Object.values(metrics.errors), ...Object.values(metrics.throttles)),
          graph("Streams are late by (ms)", ...Object.values(metrics.iteratorAge)),
          graph("Given up", metrics.deadLetters, metrics.failedBatches),
        ],
        [
          // A metric of its own for each reason would be paid for by the reason.
          new cloudwatch.LogQueryWidget({
            title: "Failures by reason",
            logGroupNames: [agentLogs.logGroupName],
            queryLines: [
              'filter msg = "task failed"',
              "stats count(*) as tasks by error",
              "sort tasks desc",
              "limit 20",
            ],
            width: 24,
          }),
        ],
      ],
    });
  }
}
