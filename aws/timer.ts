import { CreateScheduleCommand, DeleteScheduleCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { requestEventSchema } from "./async-function.ts";

/** Function to call, and the role that EventBridge Scheduler calls it with. */
export interface TimerTarget {
  readonly functionArn: string;
  readonly roleArn: string;
}

/** What Shutdown is invoked with. The timer alone says that it is one; every other event is a settlement check. */
export const shutdownEventSchema = z.object({ ...requestEventSchema.shape, timer: z.boolean().default(false) });

/** One-time schedules in a schedule group of their own, at most one a request. Each invokes a function asynchronously. */
abstract class RequestSchedule {
  constructor(
    private readonly scheduler: SchedulerClient,
    private readonly group: string,
  ) {}

  /** Invokes the target at that second or up to a minute later; the schedule deletes itself once it has. */
  async set(reqId: string, at: Date, target: TimerTarget): Promise<void> {
    await this.scheduler.send(
      new CreateScheduleCommand({
        Name: this.nameFor(reqId),
        GroupName: this.group,
        ScheduleExpression: `at(${wholeSecond(at)})`,
        ScheduleExpressionTimezone: "UTC",
        FlexibleTimeWindow: { Mode: "OFF" },
        ActionAfterCompletion: "DELETE",
        Target: {
          Arn: target.functionArn,
          RoleArn: target.roleArn,
          Input: JSON.stringify(this.eventFor(reqId)),
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
      await this.scheduler.send(new DeleteScheduleCommand({ Name: this.nameFor(reqId), GroupName: this.group }));
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
    }
  }

  protected abstract nameFor(reqId: string): string;
  protected abstract eventFor(reqId: string): z.input<typeof shutdownEventSchema>;
}

/** The schedules that end requests whose time is up, each named after its request. */
export class Timer extends RequestSchedule {
  protected nameFor(reqId: string): string {
    return reqId;
  }

  protected eventFor(reqId: string) {
    return { req_id: reqId, timer: true };
  }
}

/** The schedules of settlement checks that are to come later. */
export class CheckSchedule extends RequestSchedule {
  /**
   * Replaces the check of the request that is pending. That one may also be the one that has just come due: it exists until
   * EventBridge Scheduler has deleted it. If the process ends between the two calls, Lambda retries the invocation.
   */
  override async set(reqId: string, at: Date, target: TimerTarget): Promise<void> {
    try {
      await super.set(reqId, at, target);
    } catch (error) {
      if (!isNamed(error, "ConflictException")) throw error;
      await this.cancel(reqId);
      await super.set(reqId, at, target);
    }
  }

  protected nameFor(reqId: string): string {
    return `${reqId}-check`;
  }

  protected eventFor(reqId: string) {
    return { req_id: reqId };
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** `2024-04-16T03:17:22`: schedules know no fractions, and must not come before the time that was promised. */
function wholeSecond(at: Date): string {
  return new Date(Math.ceil(at.getTime() / 1000) * 1000).toISOString().slice(0, 19);
}
