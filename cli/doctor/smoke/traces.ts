import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import type { MetricName } from "../../../domain/metrics.ts";
import { nameOf, required } from "../check/aws-errors.ts";
import type { AwsClients } from "../check/place.ts";

/** What a request leaves behind in services that nobody asks while it runs. */
export class TraceReader {
  constructor(private readonly clients: Pick<AwsClients, "cloudWatch" | "logs" | "scheduler">) {}

  /** When an agent first wrote a line since then, in ms since the epoch; undefined: none has, or it has not arrived. */
  async firstLine(logGroupName: string, since: Date): Promise<number | undefined> {
    const input = { logGroupName, startTime: since.getTime() };
    let first: number | undefined;
    for await (const page of paginateFilterLogEvents({ client: this.clients.logs }, input)) {
      for (const { timestamp, logStreamName = "" } of required(page.events, "events"))
        if (timestamp !== undefined && logStreamName.endsWith("/agent"))
          first = Math.min(first ?? timestamp, timestamp);
      // Streams are interleaved by time, so what comes later is later.
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** Sum of a metric of the stack since then. */
  async sum(Namespace: string, MetricName: MetricName, since: Date): Promise<number> {
    const period = { Period: 60, StartTime: since, EndTime: new Date(Date.now() + 60_000) };
    const command = new GetMetricStatisticsCommand({ Namespace, MetricName, Statistics: ["Sum"], ...period });
    const { Datapoints } = await this.clients.cloudWatch.send(command);
    return required(Datapoints, "Datapoints").reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  }

  async hasSchedule(GroupName: string, Name: string): Promise<boolean> {
    try {
      await this.clients.scheduler.send(new GetScheduleCommand({ GroupName, Name }));
      return true;
    } catch (error) {
      if (nameOf(error).startsWith("ResourceNotFound")) return false;
      throw error;
    }
  }
}
