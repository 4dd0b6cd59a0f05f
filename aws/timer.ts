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

/**
 * One-time schedules in a schedule group of their own, at most one of a kind for each request: of the end of its time, or of a settlement
 * check that is to come later. Each invokes a function asynchronously.
 */
export class Timer {
  constructor(
    private readonly scheduler: SchedulerClient,
    private readonly group: string,
    private readonly kind: "timeout" | "check",
  ) {}

  /**
   * Invokes the target at that second or up to a minute later; the schedule deletes itself once it has. It replaces the one that is
   * pending. That one may also have just come due: it exists until EventBridge Scheduler has deleted it. If the process ends between the
   * two calls, Lambda retries the invocation.
   * @param at milliseconds since the epoch
   */
  async set(reqId: string, at: number, { functionArn, roleArn }: TimerTarget): Promise<void> {
    const event: z.input<typeof shutdownEventSchema> = { req_id: reqId, timer: this.kind === "timeout" };
    const create = new CreateScheduleCommand({
      ...this.nameFor(reqId),
      ScheduleExpression: `at(${wholeSecond(at)})`,
      ScheduleExpressionTimezone: "UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: {
        Arn: functionArn,
        RoleArn: roleArn,
        Input: JSON.stringify(event),
        // The most that the scheduler allows, because a timer that gives up leaves a fleet running. These retries are for
        // calls that do not reach Lambda. A call that fails there is repeated by Lambda, twice. After that,
        // Watch finds the request overdue.
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
    try {
      await this.scheduler.send(create);
    } catch (error) {
      if (!isNamed(error, "ConflictException")) throw error;
      await this.cancel(reqId);
      await this.scheduler.send(create);
    }
  }

  async cancel(reqId: string): Promise<void> {
    try {
      await this.scheduler.send(new DeleteScheduleCommand(this.nameFor(reqId)));
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
    }
  }

  private nameFor(reqId: string) {
    return { Name: this.kind === "timeout" ? reqId : `${reqId}-check`, GroupName: this.group };
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** `2024-04-16T03:17:22`: schedules know no fractions, and must not come before the time that was promised. */
function wholeSecond(at: number): string {
  return new Date(Math.ceil(at / 1_000) * 1_000).toISOString().slice(0, 19);
}
