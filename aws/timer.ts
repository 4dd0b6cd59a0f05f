import { CreateScheduleCommand, DeleteScheduleCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";

/** Function to call, and the role that EventBridge Scheduler calls it with. */
export interface TimerTarget {
  readonly functionArn: string;
  readonly roleArn: string;
}

/** One-time timers in a schedule group of their own, one a request, named after it. */
export class Timer {
  constructor(
    private readonly scheduler: SchedulerClient,
    private readonly group: string,
  ) {}

  /** Calls the target with `{req_id}` at that second; the schedule deletes itself once it has. */
  async set(reqId: string, at: Date, target: TimerTarget): Promise<void> {
    await this.scheduler.send(
      new CreateScheduleCommand({
        Name: reqId,
        GroupName: this.group,
        ScheduleExpression: `at(${wholeSecond(at)})`,
        ScheduleExpressionTimezone: "UTC",
        FlexibleTimeWindow: { Mode: "OFF" },
        ActionAfterCompletion: "DELETE",
        Target: {
          Arn: target.functionArn,
          RoleArn: target.roleArn,
          Input: JSON.stringify({ req_id: reqId }),
          // The most that the scheduler allows, because a timer that gives up leaves a fleet running. These retries are for
          // calls that do not reach Lambda. A call that fails there is repeated by Lambda, twice. After that, agents or the
          // watch find the request overdue.
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      }),
    );
  }

  async cancel(reqId: string): Promise<void> {
    try {
      await this.scheduler.send(new DeleteScheduleCommand({ Name: reqId, GroupName: this.group }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
    }
  }
}

/** `2024-04-16T03:17:22`: schedules know no fractions, and must not come before the time that was promised. */
function wholeSecond(at: Date): string {
  return new Date(Math.ceil(at.getTime() / 1000) * 1000).toISOString().slice(0, 19);
}
