import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { Metrics } from "./metrics.ts";

/** One page: progress, fleet and failures. An account's first three dashboards, of up to 50 metrics each, are free. */
export class Dashboard extends Construct {
  readonly page: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, metrics: Metrics) {
    super(scope, id);
    const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } });
    this.page = new cloudwatch.Dashboard(this, "Page", {
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
}
